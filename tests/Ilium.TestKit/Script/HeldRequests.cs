using System.Threading.Channels;

namespace Ilium.TestKit;

/// <summary>Requests that the server got and nobody has answered, in order of arrival. See <see cref="ScriptedServer.Hold"/>.</summary>
public sealed class HeldRequests
{
    private readonly Channel<ServerRequest> _requests = Channel.CreateUnbounded<ServerRequest>();
    private readonly TimeSpan _patience;

    internal HeldRequests(TimeSpan patience)
    {
        _patience = patience;
    }

    /// <summary>The next one, now or when it comes.</summary>
    public Task<ServerRequest> NextAsync(CancellationToken cancellationToken = default) =>
        _requests.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(_patience, cancellationToken);

    /// <summary>The next <paramref name="count"/>.</summary>
    public async Task<IReadOnlyList<ServerRequest>> NextAsync(int count, CancellationToken cancellationToken = default)
    {
        var taken = new List<ServerRequest>();
        while (taken.Count < count)
        {
            taken.Add(await NextAsync(cancellationToken));
        }

        return taken;
    }

    internal void Add(ServerRequest request) => _requests.Writer.TryWrite(request);
}
