using CsCheck;

namespace Ilium.Tests.Types.Random;

/// <summary>One random value of a random type, and a random CLR type to read it as.</summary>
internal sealed record RandomCase(CqlType Type, object Value, Type ClrType)
{
    /// <summary>As CQL text, to paste into a test of its own.</summary>
    public override string ToString() => $"{Type} {CqlLiteral.Of(Type, Value)} as {ClrType}";

    internal string Text => ValueText.Of(Type, Value);

    /// <summary>True when a date or time in it is beyond what .NET's types hold: nothing can read it as those.</summary>
    internal bool IsBeyond => Beyond(Type, Value);

    internal static Gen<RandomCase> Of(CqlType type) => Gen.Select(RandomValues.Of(type), ClrShapes.Of(type), (value, clrType) => new RandomCase(type, value, clrType));

    /// <summary>Always the same ones for a seed.</summary>
    internal static T Draw<T>(Gen<T> gen, ulong seed, int number) => gen.Generate(new PCG((uint)number + 1, seed), null, out _);

    private static bool Beyond(CqlType type, object? value) => (type, value) switch
    {
        (_, CqlTimestamp time) => !time.TryToDateTimeOffset(out _),
        (_, CqlDate date) => !date.TryToDateOnly(out _),
        (_, CqlTime time) => !time.TryToTimeOnly(out _),
        (CqlMapType map, KeyValuePair<object, object>[] entries) => entries.Any(entry => Beyond(map.Key, entry.Key) || Beyond(map.Value, entry.Value)),
        (CqlListType list, object[] items) => items.Any(item => Beyond(list.Element, item)),
        (CqlSetType set, object[] items) => items.Any(item => Beyond(set.Element, item)),
        (CqlVectorType vector, object[] items) => items.Any(item => Beyond(vector.Element, item)),
        (CqlTupleType tuple, object?[] fields) => fields.Where((field, i) => Beyond(tuple.Elements[i], field)).Any(),
        (CqlUserType user, object?[] fields) => fields.Where((field, i) => Beyond(user.Fields[i].Type, field)).Any(),
        _ => false,
    };
}
