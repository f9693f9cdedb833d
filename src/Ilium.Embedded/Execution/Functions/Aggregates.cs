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
        "min" or "max" => argument.Code == CqlTypeCode.Counter ? CqlType.Bigint : argument,
        _ => argument.Code == CqlTypeCode.Counter ? CqlType.Bigint : ValueBytes.IsNumber(argument) ? argument : null,
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
        private static readonly CqlDecimal Zero = new(0, 0);

        private long _count;
        private BigInteger _integer;
        private double _floating;
        private double _lost;
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
                    return Arithmetic.FromDouble(type, average && _count > 0 ? _floating / _count : _floating);
                case CqlTypeCode.Decimal:
                    var total = ValueBytes.ToDecimal(_decimal);
                    return average && _count > 0 ? ValueBytes.Decimal(AverageOf(total)) : _decimal;
                default:
                    return Arithmetic.Wrap(type, average && _count > 0 ? BigInteger.Divide(_integer, _count) : _integer);
            }
        }

        // Rounded half even at the scale of the sum.
        private CqlDecimal AverageOf(CqlDecimal total)
        {
            var quotient = BigInteger.DivRem(total.Unscaled, _count, out var rest);
            var twice = BigInteger.Abs(rest) * 2;
            var up = twice > _count || (twice == _count && !quotient.IsEven);
            return new CqlDecimal(up ? quotient + total.Unscaled.Sign : quotient, total.Scale);
        }
    }
}
