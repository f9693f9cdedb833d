using System.Numerics;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Execution.Expressions;
using Ilium.Embedded.Values;
using Ilium.Types;

namespace Ilium.Embedded.Execution.Functions;

/// <summary>The aggregates of the server.</summary>
internal static class Aggregates
{
    internal static bool IsName(string name) => name is "count" or "countrows" or "min" or "max" or "sum" or "avg";

    /// <summary>The type of the result; null where the aggregate does not take the type.</summary>
    internal static CqlType? ResultType(string name, CqlType argument) => name switch
    {
        "count" or "countrows" => CqlType.Bigint,
        "min" or "max" => argument,
        _ => ValueBytes.IsNumber(argument) ? argument : null,
    };

    internal static AggregateState Create(string name, CqlType argument) => name switch
    {
        "count" or "countrows" => new CountState(),
        "min" => new ExtremeState(argument, largest: false),
        "max" => new ExtremeState(argument, largest: true),
        "sum" => Sum(argument),
        _ => Average(argument),
    };

    internal static AggregateState Sum(CqlType type) => new SumState(type, average: false);

    internal static AggregateState Average(CqlType type) => new SumState(type, average: true);

    private sealed class CountState : AggregateState
    {
        private long _count;

        internal override void Add(byte[]? value) => _count += value is null ? 0 : 1;

        internal override byte[] Result() => ValueBytes.Bigint(_count);
    }

    private sealed class ExtremeState(CqlType type, bool largest) : AggregateState
    {
        private byte[]? _best;

        internal override void Add(byte[]? value)
        {
            if (value is not null && (_best is null || ServerOrder.Compare(type, value, _best) * (largest ? 1 : -1) > 0))
            {
                _best = value;
            }
        }

        internal override byte[]? Result() => _best;
    }

    private sealed class SumState(CqlType type, bool average) : AggregateState
    {
        private const double Scale = 1.0 / (1UL << 63) / 2;
        private static readonly CqlDecimal Zero = new(0, 0);

        private long _count;
        private BigInteger _integer;
        private double _floating;
        private double _lost;

        // Of numbers whose sum is too large for a double: the sum of them divided by 2^64.
        private double _scaled;
        private byte[] _decimal = ValueBytes.Decimal(Zero);

        internal override void Add(byte[]? value)
        {
            if (value is null || value.Length == 0)
            {
                return;
            }

            _count++;
            switch (type.Code)
            {
                case CqlTypeCode.Float or CqlTypeCode.Double:
                    // Kahan's sum, as the server has it.
                    var number = ValueBytes.ToDouble(type, value) - _lost;
                    var sum = _floating + number;
                    _lost = sum - _floating - number;
                    _floating = sum;
                    _scaled += ValueBytes.ToDouble(type, value) * Scale;
                    break;
                case CqlTypeCode.Decimal when average:
                    AddToAverage(ValueBytes.ToDecimal(value));
                    break;
                case CqlTypeCode.Decimal:
                    _decimal = Arithmetic.Apply(ArithmeticOperator.Add, type, _decimal, type, value, type);
                    break;
                default:
                    _integer += ValueBytes.ToInteger(type, value);
                    break;
            }
        }

        internal override byte[] Result()
        {
            switch (type.Code)
            {
                case CqlTypeCode.Float or CqlTypeCode.Double:
                    return Arithmetic.FromDouble(type, average && _count > 0 ? Mean() : _floating);
                case CqlTypeCode.Decimal:
                    return _decimal;
                default:
                    return Arithmetic.Wrap(type, average && _count > 0 ? BigInteger.Divide(_integer, _count) : _integer);
            }
        }

        private double Mean() => double.IsInfinity(_floating) && double.IsFinite(_scaled) ? _scaled / _count / Scale : _floating / _count;

        /// <summary>Moves the average by the new value's share, rounded half even at the scale of the difference: not the same as dividing once at the end.</summary>
        private void AddToAverage(CqlDecimal value)
        {
            var average = ValueBytes.ToDecimal(_decimal);
            var scale = Math.Max(average.Scale, value.Scale);
            var before = average.Unscaled * BigInteger.Pow(10, scale - average.Scale);
            var difference = value.Unscaled * BigInteger.Pow(10, scale - value.Scale) - before;
            var quotient = BigInteger.DivRem(difference, _count, out var rest);
            var twice = BigInteger.Abs(rest) * 2;
            var up = twice > _count || (twice == _count && !quotient.IsEven);
            _decimal = ValueBytes.Decimal(new CqlDecimal(before + quotient + (up ? difference.Sign : 0), scale));
        }
    }
}
