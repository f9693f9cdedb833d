using System.Net;
using Ilium.Errors;

namespace Ilium;

/// <summary>
/// The server and the driver have no version of the native protocol in common, or the one that was demanded is not spoken.
/// </summary>
public sealed class UnsupportedProtocolVersionException : CassandraException
{
    internal UnsupportedProtocolVersionException(EndPoint? endPoint, IReadOnlyList<ProtocolVersion> triedVersions, string? serverMessage)
        : base(Describe(endPoint, triedVersions, serverMessage))
    {
        EndPoint = endPoint;
        TriedVersions = [.. triedVersions];
        ServerMessage = serverMessage;
    }

    /// <summary>The node, where one is known.</summary>
    public EndPoint? EndPoint { get; }

    /// <summary>The versions that were offered, in order.</summary>
    public IReadOnlyList<ProtocolVersion> TriedVersions { get; }

    /// <summary>What the server said to the last of them; null when it said nothing readable.</summary>
    public string? ServerMessage { get; }

    private static string Describe(EndPoint? endPoint, IReadOnlyList<ProtocolVersion> tried, string? serverMessage)
    {
        var versions = string.Join(", ", tried.Select(static version => $"v{(int)version}"));
        var said = serverMessage is null ? "" : $" The server said: {serverMessage}";
        return $"{EndPointText.Format(endPoint)} speaks none of the protocol versions offered ({versions}). Unset " +
            $"ClusterOptions.ProtocolVersion to let both sides agree; where nodes of different versions share a cluster, set MaxProtocolVersion to " +
            $"what all of them speak. Or check that this is a CQL port.{said}";
    }
}
