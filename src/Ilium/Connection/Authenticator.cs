using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ilium;

/// <summary>
/// The client's side of one login: a first answer, then an answer to each challenge until the server is content. One object serves one
/// connection and is called by one thread at a time. If it is <see cref="IDisposable"/>, it is disposed when the login is over.
/// </summary>
/// <remarks>
/// The methods may take their time within <see cref="ClusterOptions.ConnectTimeout"/>, so that secrets can be fetched. What they throw
/// fails that connection. <b>The driver overwrites the memory they return with zeroes once it is sent</b>, where it lies in an array:
/// return memory of its own each time, never a cached one.
/// </remarks>
public abstract class Authenticator
{
    /// <summary>The first answer, or null to send a response without a token.</summary>
    /// <param name="cancellationToken">Ends when the connection is given up.</param>
    public abstract ValueTask<ReadOnlyMemory<byte>?> InitialResponseAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// The answer to a challenge, or null to send a response without a token. May be called more than once. The default fails the login:
    /// a method with a single step is never challenged.
    /// </summary>
    /// <param name="challenge">What the server sent; valid during this call only. Empty when it sent none.</param>
    /// <param name="cancellationToken">Ends when the connection is given up.</param>
    public virtual ValueTask<ReadOnlyMemory<byte>?> EvaluateChallengeAsync(
        ReadOnlyMemory<byte> challenge,
        CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"The server sent a challenge, which {GetType().Name} has no answer to.");

    /// <summary>The login succeeded. Throw to refuse the server, when its last token does not prove who it is. Default: nothing.</summary>
    /// <param name="token">The server's last token, often empty; valid during this call only.</param>
    /// <param name="cancellationToken">Ends when the connection is given up.</param>
    public virtual ValueTask OnSuccessAsync(ReadOnlyMemory<byte> token, CancellationToken cancellationToken = default) => default;

    /// <summary>Overwrites a response after it was sent, where its memory can be reached.</summary>
    internal static void Clear(ReadOnlyMemory<byte>? response)
    {
        if (response is { } bytes && MemoryMarshal.TryGetArray(bytes, out var segment))
        {
            CryptographicOperations.ZeroMemory(segment);
        }
    }
}
