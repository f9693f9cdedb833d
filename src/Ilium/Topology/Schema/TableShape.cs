namespace Ilium.Topology.Schema;

/// <summary>What is special about a table.</summary>
[Flags]
internal enum TableShape
{
    None = 0,
    Virtual = 1,
    Compact = 2,
    Counter = 4,
    Super = 8,
}
