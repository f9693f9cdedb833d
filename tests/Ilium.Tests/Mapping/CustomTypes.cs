using System.Buffers.Binary;

namespace Ilium.Tests.Mapping;

internal readonly record struct OrderId(Guid Value);

internal sealed record Mail(string Address)
{
    internal static Mail Parse(string text) => text.Contains('@', StringComparison.Ordinal) ? new Mail(text) : throw new FormatException($"'{text}' is no address.");
}

internal enum Color
{
    Red = 1,
    Blue = 2,
    Navy = Blue,
}

internal enum Level : byte
{
    Low,
    High = 200,
}

internal readonly record struct Place(double X, double Y);

/// <summary>A server's class, as DSE has one for points: two numbers, little-endian behind a byte that says so.</summary>
internal sealed class PlaceCodec() : CqlCodec<Place>(new CqlCustomType("org.example.PointType"))
{
    public override Place Read(ReadOnlySpan<byte> content) => content.Length == 17
        ? new Place(BinaryPrimitives.ReadDoubleLittleEndian(content[1..]), BinaryPrimitives.ReadDoubleLittleEndian(content[9..]))
        : throw new FormatException($"{content.Length} bytes are no point.");

    public override void Write(Place value, CqlOutput output)
    {
        output.Write([1]);
        var content = output.Reserve(16);
        BinaryPrimitives.WriteDoubleLittleEndian(content, value.X);
        BinaryPrimitives.WriteDoubleLittleEndian(content[8..], value.Y);
    }
}

[CqlRow]
internal sealed partial record Order(OrderId Id, Color? Color, List<Mail> Mails, OrderId? Previous = null);

[CqlUdt]
internal sealed partial record Street(string Name, int? Number = null, Color? Color = null);

[CqlUdt]
internal readonly partial record struct Home(Street? Street, IReadOnlyList<Street> Others, [CqlName("Zip Code")] string? Zip = null);

[CqlRow]
internal sealed partial record Owner(int Id, Home Home, List<Street> Streets);
