namespace Ilium;

/// <summary>How far running many statements has come.</summary>
/// <param name="Started">Statements begun.</param>
/// <param name="Succeeded">Those answered.</param>
/// <param name="Failed">Those that failed.</param>
public readonly record struct ExecuteManyProgress(long Started, long Succeeded, long Failed);
