using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ilium.Statements;

/// <summary>A payload with the key by which DataStax Enterprise runs a request as another user: what <see cref="ExecutionOptions.ExecuteAs"/> becomes. Immutable.</summary>
internal sealed class ExecuteAsPayload : IReadOnlyDictionary<string, ReadOnlyMemory<byte>>
{
    internal const string Key = "ProxyExecute";

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _all;
    private readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? _others;
    private readonly string _user;

    private ExecuteAsPayload(IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? others, string user)
    {
        _others = others;
        _user = user;
        _all = others is null ? [] : new(others);
        _all[Key] = Encoding.UTF8.GetBytes(user);
    }

    public int Count => _all.Count;

    public IEnumerable<string> Keys => _all.Keys;

    public IEnumerable<ReadOnlyMemory<byte>> Values => _all.Values;

    public ReadOnlyMemory<byte> this[string key] => _all[key];

    /// <summary>What the options above say, laid over what those below them said: user and payload each for itself.</summary>
    internal static IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Over(IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? below, ExecutionOptions options)
    {
        if (options.ExecuteAs is null && options.Payload is null)
        {
            return below;
        }

        var known = below as ExecuteAsPayload;
        var others = options.Payload ?? (known is null ? below : known._others);
        return (options.ExecuteAs ?? known?._user) is { } user ? new ExecuteAsPayload(others, user) : others;
    }

    public bool ContainsKey(string key) => _all.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ReadOnlyMemory<byte> value) => _all.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, ReadOnlyMemory<byte>>> GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
