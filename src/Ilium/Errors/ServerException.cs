using System.Net;
using Ilium.Errors;

namespace Ilium;

/// <summary>
/// An ERROR that a server answered with (native protocol §9). The leaf type says which; <see cref="Code"/> is the protocol's number.
/// </summary>
public abstract class ServerException : CassandraException
{
    private protected ServerException(int code, string serverMessage, string? details = null)
        : base(details is null ? serverMessage : $"{details} The server says: {serverMessage}")
    {
        Code = code;
        ServerMessage = serverMessage;
    }

    /// <summary>The protocol's error code, for example 0x1000.</summary>
    public int Code { get; }

    /// <summary>The text as the server sent it.</summary>
    public string ServerMessage { get; }

    /// <summary>The coordinator that answered; null when it is not known.</summary>
    public EndPoint? Node { get; private set; }

    /// <summary>Warnings that came with the error; usually empty.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>What the server said, and which node it was.</summary>
    public override string Message => Node is null ? base.Message : $"{EndPointText.Format(Node)}: {base.Message}";

    /// <summary>What the server said, for where the node is named already.</summary>
    internal string Description => base.Message;

    internal ServerException At(EndPoint node, IReadOnlyList<string> warnings)
    {
        Node = node;
        Warnings = warnings;
        return this;
    }
}
