namespace Ilium.Topology.Schema;

/// <summary>What was read of one schema table: its pages, or nothing when the server has no such table.</summary>
internal sealed class SchemaTable(IReadOnlyList<RowSet> pages) : IDisposable
{
    internal static SchemaTable Missing { get; } = new([]);

    internal bool IsEmpty => pages.All(static page => page.Count == 0);

    internal IEnumerable<SchemaRow> Rows(TextPool texts)
    {
        foreach (var page in pages)
        {
            foreach (var row in page)
            {
                yield return new SchemaRow(row, page.Decoder.Metadata, texts);
            }
        }
    }

    /// <summary>Gives the memory of the pages back; the rows are read by then.</summary>
    public void Dispose()
    {
        foreach (var page in pages)
        {
            page.Dispose();
        }
    }
}
