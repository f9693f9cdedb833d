namespace Ilium.IntegrationTests.Types;

/// <summary>A value of a .NET type that a column's type is read as, written from, or both.</summary>
internal abstract class TypedValue
{
    internal bool Reads { get; private init; } = true;

    internal bool Writes { get; private init; } = true;

    internal static TypedValue Both<T>(T value) => new Of<T>(value);

    internal static TypedValue Read<T>(T value) => new Of<T>(value) { Writes = false };

    internal static TypedValue Written<T>(T value) => new Of<T>(value) { Reads = false };

    /// <summary>The type that the column is read as when none is named.</summary>
    internal static TypedValue Natural<T>(T value) => new Of<T>(value, natural: true);

    internal abstract BoundStatement Bind(PreparedStatement insert, int id);

    internal abstract void Check(Row row);

    private sealed class Of<T>(T value, bool natural = false) : TypedValue
    {
        internal override BoundStatement Bind(PreparedStatement insert, int id) => insert.Bind(id, value);

        internal override void Check(Row row)
        {
            Assert.Equal($"{typeof(T)} {Rendering.Of(value)}", $"{typeof(T)} {Rendering.Of(row.Get<T>(0))}");
            if (natural)
            {
                var read = row[0];
                Assert.Equal($"{typeof(T)} {Rendering.Of(value)}", $"{read?.GetType()} {Rendering.Of(read)}");
            }
        }

        public override string ToString() => $"{typeof(T)} {Rendering.Of(value)}";
    }
}
