namespace Ilium.TestKit;

/// <summary>Column types as metadata sends them: [option] (§4.2.5.2).</summary>
public static class TypeBytes
{
    public static byte[] Ascii => Simple(0x01);

    public static byte[] Bigint => Simple(0x02);

    public static byte[] Blob => Simple(0x03);

    public static byte[] Boolean => Simple(0x04);

    public static byte[] Counter => Simple(0x05);

    public static byte[] Decimal => Simple(0x06);

    public static byte[] Double => Simple(0x07);

    public static byte[] Float => Simple(0x08);

    public static byte[] Int => Simple(0x09);

    public static byte[] Timestamp => Simple(0x0B);

    public static byte[] Uuid => Simple(0x0C);

    public static byte[] Text => Simple(0x0D);

    public static byte[] Varint => Simple(0x0E);

    public static byte[] Timeuuid => Simple(0x0F);

    public static byte[] Inet => Simple(0x10);

    public static byte[] Date => Simple(0x11);

    public static byte[] Time => Simple(0x12);

    public static byte[] Smallint => Simple(0x13);

    public static byte[] Tinyint => Simple(0x14);

    public static byte[] Duration => Simple(0x15);

    public static byte[] List(byte[] element) => [.. Simple(0x20), .. element];

    public static byte[] Map(byte[] key, byte[] value) => [.. Simple(0x21), .. key, .. value];

    public static byte[] Set(byte[] element) => [.. Simple(0x22), .. element];

    public static byte[] Custom(string className) => new WireWriter().Short(0).String(className).ToArray();

    public static byte[] Vector(string elementClass, int dimensions) =>
        Custom($"org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.{elementClass}, {dimensions})");

    public static byte[] Tuple(params byte[][] elements)
    {
        var writer = new WireWriter().Short(0x31).Short(elements.Length);
        foreach (var element in elements)
        {
            writer.Raw(element);
        }

        return writer.ToArray();
    }

    public static byte[] Udt(string keyspace, string name, params (string Name, byte[] Type)[] fields)
    {
        var writer = new WireWriter().Short(0x30).String(keyspace).String(name).Short(fields.Length);
        foreach (var field in fields)
        {
            writer.String(field.Name).Raw(field.Type);
        }

        return writer.ToArray();
    }

    private static byte[] Simple(byte id) => [0, id];
}
