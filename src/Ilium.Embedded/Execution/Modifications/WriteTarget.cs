using Ilium.Embedded.Schema;
using Ilium.Embedded.Storage;

namespace Ilium.Embedded.Execution.Modifications;

/// <summary>A row that is being written to, and by what.</summary>
internal readonly struct WriteTarget(StoredRow row, Stamp stamp, RequestContext context)
{
    internal StoredRow Row { get; } = row;

    internal Stamp Stamp { get; } = stamp;

    internal RequestContext Context { get; } = context;

    internal void Write(Column column, byte[]? value) => Row.Write(column, new Cell(value, Stamp));

    /// <summary>The part of a value that is in pieces; it knows what the row's own deletion covers.</summary>
    internal ComplexValue Complex(Column column) => Row.Complex(column);
}
