namespace Ilium.Embedded.Execution;

/// <summary>One statement of a BATCH message: text or prepared, with its values.</summary>
internal sealed record BatchEntry(string? Text, StoredStatement? Prepared, byte[]?[] Values);
