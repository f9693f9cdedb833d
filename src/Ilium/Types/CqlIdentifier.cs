namespace Ilium.Types;

/// <summary>Names in CQL text.</summary>
internal static class CqlIdentifier
{
    /// <summary>A name, in its own case, as a quoted identifier.</summary>
    internal static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
