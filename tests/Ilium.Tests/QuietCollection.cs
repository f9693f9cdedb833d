namespace Ilium.Tests;

/// <summary>Tests that count what the whole process holds or allocates: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietCollection
{
    public const string Name = "alone in the process";
}
