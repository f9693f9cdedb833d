using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>RESULT of kind Set_keyspace: the answer to USE (native protocol §4.2.5.3).</summary>
internal static class SetKeyspaceResult
{
    internal static string Read(ref CqlReader reader) => reader.ReadString();
}
