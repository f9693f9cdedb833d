using System.Globalization;
using CsCheck;
using Ilium.Buffers;
using Ilium.Tests.Types.Random;
using Ilium.Types;

namespace Ilium.Tests.Types;

/// <summary>
/// Random values of random types, three deep: written as objects they are the bytes that the protocol says; read as any CLR type they are the same value; and written as that type the same
/// bytes again. ILIUM_SEED in the environment gives other values than the usual ones.
/// </summary>
public class RandomRoundTripTests
{
    private const int Types = 120;
    private const int ValuesEach = 50;

    private readonly ulong _seed = ulong.Parse(Environment.GetEnvironmentVariable("ILIUM_SEED") ?? "20261125", CultureInfo.InvariantCulture);
    private readonly CodecRegistry _codecs = new();
    private readonly CodecRegistry _aheadOfTime = new(dynamicCode: false);

    [Trait(Slow.Name, Slow.Value)]
    [Fact]
    public void Any_value_of_any_type_comes_back_as_any_CLR_type()
    {
        var codes = new HashSet<CqlTypeCode>();
        for (var i = 0; i < Types; i++)
        {
            var type = RandomCase.Draw(RandomTypes.Of(3), _seed, i);
            codes.Add(type.Code);
            for (var j = 0; j < ValuesEach; j++)
            {
                var one = RandomCase.Draw(RandomCase.Of(type), _seed, (i * ValuesEach) + j);
                try
                {
                    Check(one);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"Seed {_seed}, type {i}, value {j}: {one}", e);
                }
            }
        }

        Assert.Superset(new HashSet<CqlTypeCode> { CqlTypeCode.List, CqlTypeCode.Set, CqlTypeCode.Map, CqlTypeCode.Vector, CqlTypeCode.Tuple, CqlTypeCode.Udt }, codes);
    }

    [Fact]
    public void Every_scalar_comes_back()
    {
        foreach (var type in new[]
        {
            CqlType.Ascii, CqlType.Bigint, CqlType.Blob, CqlType.Boolean, CqlType.Counter, CqlType.Date, CqlType.Decimal, CqlType.Double, CqlType.Duration, CqlType.Float, CqlType.Inet,
            CqlType.Int, CqlType.Smallint, CqlType.Text, CqlType.Time, CqlType.Timestamp, CqlType.Timeuuid, CqlType.Tinyint, CqlType.Uuid, CqlType.Varint,
        })
        {
            for (var i = 0; i < 500; i++)
            {
                var one = RandomCase.Draw(RandomCase.Of(type), _seed, i);
                try
                {
                    Check(one);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"Seed {_seed}, value {i}: {one}", e);
                }
            }
        }
    }

    private void Check(RandomCase one)
    {
        var bytes = Write(one.Type, ClrShapes.Objects(one.Type, one.Value)!, _codecs);

        // Sets and maps are written in the server's order, which the reference does not know: it is asked for the bytes of the value that was read.
        var read = Read(one.Type, ClrShapes.Widest(one.Type), bytes, _codecs);
        Assert.Equal(one.Text, ValueText.Of(one.Type, read));
        Assert.Equal(Reference(one.Type, one.Value), Reference(one.Type, Model(one.Type, read)!));
        Assert.Equal(Convert.ToHexString(ReferenceEncoding.Of(one.Type, Model(one.Type, read)!)), Convert.ToHexString(bytes));

        CheckAs(one, one.ClrType, bytes, _codecs);
        CheckAs(one, typeof(object), bytes, _codecs);
        CheckAs(one, typeof(object), bytes, _aheadOfTime);
    }

    private void CheckAs(RandomCase one, Type clrType, byte[] bytes, CodecRegistry codecs)
    {
        object? read;
        try
        {
            read = Read(one.Type, clrType, bytes, codecs);
        }
        catch (InvalidValueException) when (one.IsBeyond)
        {
            return;
        }

        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Write(one.Type, read!, codecs)));
        if (!ReferenceEquals(codecs, _aheadOfTime))
        {
            Assert.Equal(one.Text, ValueText.Of(one.Type, read));
        }
    }

    private static string Reference(CqlType type, object value) => Convert.ToHexString(ReferenceEncoding.Of(type, ReferenceEncoding.Ordered(type, value)!));

    /// <summary>What was read as the widest types, as the tests' own form again.</summary>
    private static object? Model(CqlType type, object? value) => (type, value) switch
    {
        (_, null) => null,
        (CqlListType list, _) => ValueText.Items(value).Select(item => Model(list.Element, item)).ToArray(),
        (CqlSetType set, _) => ValueText.Items(value).Select(item => Model(set.Element, item)).ToArray(),
        (CqlVectorType vector, _) => ValueText.Items(value).Select(item => Model(vector.Element, item)).ToArray(),
        (CqlMapType map, _) => ValueText.Items(value).Select(item => ValueText.Entry(item!))
            .Select(entry => new KeyValuePair<object, object>(Model(map.Key, entry.Key)!, Model(map.Value, entry.Value)!)).ToArray(),
        (CqlTupleType tuple, CqlTuple fields) => tuple.Elements.Select((element, i) => fields.IsNull(i) ? null : Model(element, ClrShapes.Get(fields, element, i))).ToArray(),
        (CqlUserType user, UdtValue fields) => user.Fields.Select((field, i) => fields.IsNull(i) ? null : Model(field.Type, ClrShapes.Get(fields, field.Type, i))).ToArray(),
        _ => value,
    };

    private static byte[] Write(CqlType type, object value, CodecRegistry codecs)
    {
        using var writer = new CqlWriter();
        codecs.GetFor(type, value.GetType()).WriteObject(writer, value);
        return writer.WrittenSpan.ToArray();
    }

    private static object? Read(CqlType type, Type clrType, byte[] bytes, CodecRegistry codecs) =>
        (codecs.Find(type, clrType) ?? throw new InvalidOperationException($"{type} is not read as {clrType}.")).ReadObject(bytes);
}
