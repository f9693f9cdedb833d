namespace Ilium.Embedded;

/// <summary>A Cassandra node in this process. In the making: nothing can be started yet.</summary>
internal static class EmbeddedNode;
