using System.Security.Cryptography;
using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Functions;

/// <summary>The functions of dynamic data masking.</summary>
internal static class Masks
{
    internal static ScalarFunction? Find(string name, IReadOnlyList<CqlType?> arguments)
    {
        if (arguments.Count == 0 || arguments[0] is not { } type)
        {
            return null;
        }

        return name switch
        {
            "mask_null" when arguments.Count == 1 => new(name, [type], type, (_, _) => null, IsCalledOnNull: true),
            "mask_default" when arguments.Count == 1 => new(name, [type], type, (_, _) => Default(type), IsCalledOnNull: true),
            "mask_replace" when arguments.Count == 2 => new(name, [type, type], type, (args, _) => args[1], IsCalledOnNull: true),
            "mask_hash" when arguments.Count == 1 => new(name, [type], CqlType.Blob, (args, _) => SHA256.HashData(args[0]!)),
            "mask_hash" when arguments.Count == 2 => new(name, [type, CqlType.Text], CqlType.Blob, (args, _) => Hash(ValueBytes.ToText(args[1]!), args[0]!)),
            "mask_inner" or "mask_outer" when type.Code is CqlTypeCode.Text or CqlTypeCode.Ascii && arguments.Count is 3 or 4 => new(
                name,
                arguments.Count == 3 ? [type, CqlType.Int, CqlType.Int] : [type, CqlType.Int, CqlType.Int, CqlType.Text],
                type,
                (args, _) => Partial(name == "mask_inner", args),
                IsCalledOnNull: true),
            _ => null,
        };
    }

    private static byte[] Hash(string algorithm, byte[] value)
    {
        var name = new HashAlgorithmName(algorithm.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant());
        return name == HashAlgorithmName.SHA256 || name == HashAlgorithmName.SHA384 || name == HashAlgorithmName.SHA512
            ? CryptographicOperations.HashData(name, value)
            : throw CqlError.Invalid($"Hash algorithm not found: {algorithm}");
    }

    private static byte[]? Partial(bool inner, byte[]?[] args)
    {
        if (args[0] is null)
        {
            return null;
        }

        var text = ValueBytes.ToText(args[0]!);
        var begin = args[1] is null ? 0 : ValueBytes.ToInt(args[1]!);
        var end = args[2] is null ? 0 : ValueBytes.ToInt(args[2]!);
        var padding = args.Length == 4 && args[3] is not null ? ValueBytes.ToText(args[3]!) : "*";
        if (padding.Length != 1)
        {
            throw CqlError.Invalid($"The padding argument for function system.{(inner ? "mask_inner" : "mask_outer")} should be single-character, but '{padding}' has {padding.Length} characters.");
        }

        return ValueBytes.Text(string.Create(text.Length, (text, begin, end, padding, inner), static (span, state) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                var isMiddle = i >= state.begin && i < span.Length - state.end;
                span[i] = isMiddle == state.inner ? state.padding[0] : state.text[i];
            }
        }));
    }

    private static byte[] Default(CqlType type) => type switch
    {
        CqlListType or CqlSetType or CqlMapType => ValueBytes.Int(0),
        CqlTupleType tuple => ValueParts.Tuple([.. tuple.Elements.Select(Default)]),
        CqlUserType user => ValueParts.Tuple([.. user.Fields.Select(f => Default(f.Type))]),
        CqlVectorType vector => ValueParts.Vector(vector, [.. Enumerable.Repeat(Default(vector.Element), vector.Dimensions)]),
        _ => type.Code switch
        {
            CqlTypeCode.Text or CqlTypeCode.Ascii => ValueBytes.Text("****"),
            CqlTypeCode.Blob => [],
            CqlTypeCode.Boolean => ValueBytes.False,
            CqlTypeCode.Float => ValueBytes.Float(0),
            CqlTypeCode.Double => ValueBytes.Double(0),
            CqlTypeCode.Decimal => ValueBytes.Decimal(CqlDecimal.Zero),
            CqlTypeCode.Date => ValueBytes.Date(0),
            CqlTypeCode.Timestamp or CqlTypeCode.Time => ValueBytes.Bigint(0),
            CqlTypeCode.Duration => ValueBytes.Duration(default),
            CqlTypeCode.Uuid => new byte[16],
            CqlTypeCode.Timeuuid => ValueBytes.TimeUuid(TimeUuid.Min(DateTimeOffset.UnixEpoch)),
            CqlTypeCode.Inet => [0, 0, 0, 0],
            _ => Arithmetic.Wrap(type, 0),
        },
    };
}
