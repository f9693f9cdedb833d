using Ilium.Buffers;

namespace Ilium.Protocol;

/// <summary>SUPPORTED: what STARTUP may ask for, and more (native protocol §4.2.4). Names are in <see cref="StartupOptions"/>.</summary>
internal static class SupportedResponse
{
    internal static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(ref CqlReader reader)
    {
        int count = reader.ReadUInt16();
        var options = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            options[name] = reader.ReadStringList();
        }

        return options;
    }
}
