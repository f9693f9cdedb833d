using Ilium.Buffers;
using Ilium.TestKit;
using Ilium.Types;
using static Ilium.TestKit.ValueBytes;

namespace Ilium.Tests.Mapping;

/// <summary>Types of the user's own, stored as others or as bytes.</summary>
public class CustomCodecTests
{
    private static readonly Guid SomeId = new("0f0e0d0c-0b0a-4908-8706-050403020100");
    private static readonly CqlCodec OrderIds = CqlCodec.Convert<OrderId, Guid>(value => new OrderId(value), id => id.Value);
    private static readonly CqlCodec Mails = CqlCodec.Convert<Mail, string>(Mail.Parse, mail => mail.Address);
    private readonly CodecRegistry _codecs = new(custom: [OrderIds, Mails, CqlCodec.EnumAsText<Color>(), CqlCodec.EnumAsNumber<Color>(), CqlCodec.EnumAsNumber<Level>(), new PlaceCodec()]);
    private readonly CodecRegistry _aheadOfTime = new(dynamicCode: false, [OrderIds, Mails, CqlCodec.EnumAsText<Color>(), CqlCodec.EnumAsNumber<Level>()]);

    [Fact]
    public void A_type_is_stored_as_another_wherever_that_one_goes()
    {
        foreach (var codecs in new[] { _codecs, _aheadOfTime })
        {
            Check(codecs, CqlType.Uuid, new OrderId(SomeId), Uuid(SomeId));
            Check(codecs, CqlType.Ascii, new Mail("a@b"), Text("a@b"));
            Check(codecs, new CqlListType(CqlType.Text), new List<Mail> { new("b@c"), new("a@b") }, List(Text("b@c"), Text("a@b")));
            Check(codecs, new CqlSetType(CqlType.Uuid), new HashSet<OrderId> { new(SomeId) }, List(Uuid(SomeId)));
            Check(codecs, new CqlMapType(CqlType.Text, CqlType.Uuid), new Dictionary<string, OrderId> { ["k"] = new(SomeId) }, Map((Text("k"), Uuid(SomeId))));
        }

        Check(_codecs, new CqlMapType(CqlType.Uuid, CqlType.Text), new Dictionary<OrderId, Mail> { [new(SomeId)] = new("a@b") }, Map((Uuid(SomeId), Text("a@b"))));
        Check(_codecs, new CqlTupleType([CqlType.Uuid, CqlType.Text]), (new OrderId(SomeId), new Mail("a@b")), Tuple(Uuid(SomeId), Text("a@b")));
        Check<OrderId?>(_codecs, CqlType.Uuid, new OrderId(SomeId), Uuid(SomeId));
        Assert.Null(_codecs.Get<OrderId?>(CqlType.Uuid).Read([]));

        // Given as an object, and as a field of a value that has the type by name only.
        Assert.Equal(Uuid(SomeId), Written(_codecs.GetFor(CqlType.Uuid, typeof(OrderId)), new OrderId(SomeId)));
        var type = new CqlUserType("ks", "t", [new("id", CqlType.Uuid), new("colors", new CqlListType(CqlType.Text))]);
        var bytes = Written(_codecs.Get<UdtValue>(type), new UdtValue(type, new OrderId(SomeId), new[] { Color.Blue }));
        Assert.Equal(Tuple(Uuid(SomeId), List(Text("Blue"))), bytes);
        var value = _codecs.Get<UdtValue>(type).Read(bytes);
        Assert.Equal((new OrderId(SomeId), SomeId), (value.Get<OrderId>("id"), value["id"]));
        Assert.Equal([Color.Blue], value.Get<Color[]>("colors"));
    }

    [Fact]
    public void Enums_are_names_or_numbers_as_was_asked_for()
    {
        Check(_codecs, CqlType.Text, Color.Red, Text("Red"));
        Check(_codecs, CqlType.Int, Color.Blue, Int(2));
        Check(_codecs, CqlType.Int, (Color)77, Int(77));
        Check(_codecs, CqlType.Bigint, Color.Red, Bigint(1));
        Check(_codecs, CqlType.Tinyint, Color.Red, [1]);
        Check(_codecs, CqlType.Smallint, Level.High, [0, 200]);
        Check(_codecs, CqlType.Varint, Level.High, [0, 200]);
        Check<Color?>(_codecs, CqlType.Text, Color.Red, Text("Red"));
        Check<Color?>(_aheadOfTime, CqlType.Text, Color.Red, Text("Red"));
        Check(_aheadOfTime, new CqlSetType(CqlType.Int), new HashSet<Level> { Level.High }, List(Int(200)));
        Assert.Equal(Color.Blue, _codecs.Get<Color>(CqlType.Text).Read(Text("Navy")));

        Assert.Equal("'red' is no name of Color, which has Red, Blue, Navy.", Assert.Throws<InvalidValueException>(() => _codecs.Get<Color>(CqlType.Text).Read(Text("red"))).Message);
        Assert.Equal(
            "77 has no name in Color, which has Red, Blue, Navy; store it as a number with CqlCodec.EnumAsNumber.",
            Assert.Throws<InvalidValueException>(() => Written(_codecs.Get<Color>(CqlType.Text), (Color)77)).Message);
        Assert.Equal("Level.High is 200, which a tinyint can't hold.", Assert.Throws<InvalidValueException>(() => Written(_codecs.Get<Level>(CqlType.Tinyint), Level.High)).Message);
        Assert.Equal("The int value 256 does not fit Level; its underlying type is too small.", Assert.Throws<InvalidValueException>(() => _codecs.Get<Level>(CqlType.Int).Read(Int(256))).Message);
        Assert.Throws<InvalidValueException>(() => _codecs.Get<Level>(CqlType.Int).Read([]));

        var refused = Assert.Throws<InvalidTypeException>(() => new CodecRegistry().Get<Color>(CqlType.Text));
        Assert.Contains("CqlCodec.EnumAsText", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidTypeException>(() => _codecs.Get<Color>(CqlType.Double));
    }

    [Fact]
    public void A_class_of_the_servers_is_read_and_written_as_bytes()
    {
        var type = CqlTypeParser.FromClassName("org.example.PointType");
        var bytes = Written(_codecs.Get<Place>(type), new Place(1.5, -2));

        Assert.Equal((17, 1), (bytes.Length, bytes[0]));
        Assert.Equal(new Place(1.5, -2), _codecs.Get<Place>(type).Read(bytes));
        Check(_codecs, new CqlListType(type), new List<Place> { new(1.5, -2) }, List(bytes));
        Assert.Throws<InvalidTypeException>(() => _codecs.Get<Place>(CqlType.Blob));
        Assert.Equal("A 'org.example.PointType' could not be made a Place: 0 bytes are no point.", Assert.Throws<InvalidValueException>(() => _codecs.Get<Place>(type).Read([])).Message);
    }

    [Fact]
    public void What_conversions_throw_names_the_column()
    {
        var rows = MappedPage.Of("mails list<int>", _codecs, [List(Int(1))]);
        Assert.Equal("mails", Assert.Throws<InvalidTypeException>(() => rows.First().Get<List<Mail>>("mails")).Column);

        var error = Assert.Throws<InvalidValueException>(() => MappedPage.Of("mail text", _codecs, [Text("nobody")]).First().Get<Mail>(0));

        Assert.Equal("Column 'mail': A text could not be made a Mail: 'nobody' is no address.", error.Message);
        Assert.Equal(("mail", CqlType.Text, typeof(Mail)), (error.Column, error.CqlType, error.ClrType));
        Assert.IsType<FormatException>(error.InnerException!.InnerException);
        var none = new CodecRegistry(custom: [CqlCodec.Convert<Mail, string>(Mail.Parse, _ => null!)]);
        Assert.Equal("The codec of Mail made null of a value, for a text; null is for null only.", Assert.Throws<InvalidValueException>(() => Written(none.Get<Mail>(CqlType.Text), new Mail("a@b"))).Message);
    }

    [Fact]
    public void Mapped_types_have_members_of_such_types()
    {
        var rows = MappedPage.Of("id uuid, color text, mails set<text>, previous uuid", _codecs, [Uuid(SomeId), Text("Blue"), List(Text("a@b")), []], [Uuid(SomeId), null, null, Uuid(SomeId)]);

        var orders = rows.As<Order>().ToArray();

        Assert.Equal((new OrderId(SomeId), Color.Blue, null), (orders[0].Id, orders[0].Color, orders[0].Previous));
        Assert.Equal([new Mail("a@b")], orders[0].Mails);
        Assert.Equal((null, new OrderId(SomeId), 0), (orders[1].Color, orders[1].Previous, orders[1].Mails.Count));
    }

    [Fact]
    public void Types_that_have_codecs_are_refused_with_the_other_faults()
    {
        var options = new ClusterOptions
        {
            ContactPoints = ["127.0.0.1"],
            Codecs = [CqlCodec.Convert<string, Guid>(id => id.ToString(), Guid.Parse), CqlCodec.Convert<List<int>, string>(_ => [], _ => ""), null!, OrderIds],
        };

        Assert.Equal(
            [
                "Codecs has one for string, whose values are stored as they are: make a type of your own for what is stored in another way.",
                "Codecs has one for List<int>, whose values are stored as they are: make a type of your own for what is stored in another way.",
                "Codecs holds a null: leave it out.",
            ],
            Assert.Throws<InvalidOptionsException>(options.Validate).Faults);
        Assert.Equal(["Codecs is null: leave it empty."], Assert.Throws<InvalidOptionsException>((options with { Codecs = null! }).Validate).Faults);
    }

    [Fact]
    public void Types_that_are_stored_as_each_other_are_refused_as_looking_for_a_codec_would_never_end()
    {
        var options = new ClusterOptions
        {
            ContactPoints = ["127.0.0.1"],
            Codecs =
            [
                OrderIds,
                CqlCodec.Convert<Mail, Place>(_ => new Mail(""), _ => default),
                CqlCodec.Convert<Place, OrderId>(_ => default, _ => default),
                CqlCodec.Convert<Place, Mail>(_ => default, _ => new Mail("")),
            ],
        };
        Assert.Equal(
            ["Codecs stores Mail as Place as Mail, which never ends: store one of them as a type that has codecs."], Assert.Throws<InvalidOptionsException>(options.Validate).Faults);
        Assert.Equal(
            ["Codecs stores Mail as Mail, which never ends: store one of them as a type that has codecs."],
            Assert.Throws<InvalidOptionsException>((options with { Codecs = [CqlCodec.Convert<Mail, Mail>(mail => mail, mail => mail)] }).Validate).Faults);

        // Two ways to one end, and a way over several types, are none.
        (options with { Codecs = [OrderIds, CqlCodec.Convert<Place, OrderId>(_ => default, _ => default), CqlCodec.Convert<Mail, OrderId>(_ => new Mail(""), _ => default)] }).Validate();
    }

    [Fact]
    public void Lists_of_such_types_go_inside_of_others_ahead_of_time_too()
    {
        var lists = new CqlListType(CqlType.Uuid);
        foreach (var codecs in new[] { _codecs, _aheadOfTime })
        {
            Check<List<List<OrderId>>>(codecs, new CqlListType(lists));
            Check<OrderId[][]>(codecs, new CqlListType(lists));
            Check<Dictionary<string, List<OrderId>>>(codecs, new CqlMapType(CqlType.Text, lists));
            Check<IReadOnlyDictionary<Guid, OrderId[]>>(codecs, new CqlMapType(CqlType.Uuid, lists));
        }

        static void Check<T>(CodecRegistry codecs, CqlType type) => Assert.Equal(type, codecs.Get<T>(type).CqlType);
    }

    [Fact]
    public void What_is_missing_ahead_of_time_only_says_so()
    {
        var type = new CqlMapType(CqlType.Text, new CqlSetType(CqlType.Uuid));

        Assert.NotNull(_codecs.Get<Dictionary<string, HashSet<OrderId>>>(type));
        Assert.Equal(
            "map<text, set<uuid>> and Dictionary<string, HashSet<OrderId>> do not go together; use Dictionary<string, HashSet<Guid>> or another dictionary of these; " +
            "under Native AOT, and in a project with PublishAot, not every collection, tuple or nullable type is there (docs/types.md).",
            Assert.Throws<InvalidTypeException>(() => _aheadOfTime.Get<Dictionary<string, HashSet<OrderId>>>(type)).Message);
        var pair = new CqlTupleType([CqlType.Int, CqlType.Text]);
        Assert.NotNull(_codecs.Get<(int, string)>(pair));
        Assert.Contains("under Native AOT", Assert.Throws<InvalidTypeException>(() => _aheadOfTime.Get<(int, string)>(pair)).Message, StringComparison.Ordinal);
        Assert.NotNull(_aheadOfTime.GetFor(pair, typeof((int, string))));
        Assert.EndsWith("ReadOnlyMemory<char>.", Assert.Throws<InvalidTypeException>(() => _aheadOfTime.Get<List<string>>(CqlType.Text)).Message, StringComparison.Ordinal);
        Assert.EndsWith("ReadOnlyMemory<char>.", Assert.Throws<InvalidTypeException>(() => _aheadOfTime.Get<OrderId>(CqlType.Text)).Message, StringComparison.Ordinal);
    }

    private static void Check<T>(CodecRegistry codecs, CqlType type, T value, byte[] bytes)
    {
        var codec = codecs.Get<T>(type);
        Assert.Equal(bytes, Written(codec, value!));
        Assert.Equal(value, codec.Read(bytes));
    }

    private static byte[] Written(Codec codec, object value)
    {
        using var writer = new CqlWriter();
        codec.WriteObject(writer, value);
        return writer.WrittenSpan.ToArray();
    }
}
