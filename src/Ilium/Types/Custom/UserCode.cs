namespace Ilium.Types;

/// <summary>What users' conversions throw, as errors that say which value it was.</summary>
internal static class UserCode
{
    internal static InvalidValueException ReadFailed(CqlType type, Type clrType, Exception cause) => new(
        $"A {type} could not be made a {ClrTypeName.Of(clrType)}: {cause.Message}", type, clrType, cause);

    internal static InvalidValueException WriteFailed(CqlType type, Type clrType, Exception cause) => new(
        $"A {ClrTypeName.Of(clrType)} could not be made a {type}: {cause.Message}", type, clrType, cause);

    internal static InvalidValueException WroteNull(CqlType type, Type clrType) => new(
        $"The codec of {ClrTypeName.Of(clrType)} made null of a value, for a {type}; null is for null only.", type, clrType);
}
