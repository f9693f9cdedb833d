namespace Ilium.TestKit;

/// <summary>One column of a result or one bind marker. The type is as on the wire, see <see cref="Ilium.TestKit.TypeBytes"/>.</summary>
public sealed record ColumnSpec(string Name, byte[] Type, string Keyspace = "ks", string Table = "t");
