using System.Net;

namespace Ilium;

/// <summary>A node answered with an error. Each code of the protocol (native protocol §9) has a type of its own.</summary>
public abstract class ServerException : CassandraException
{
    private protected ServerException(int code, string serverMessage)
        : base(serverMessage)
    {
        Code = code;
        ServerMessage = serverMessage;
    }

    /// <summary>The protocol's number for the error.</summary>
    public int Code { get; }

    /// <summary>What the server said.</summary>
    public string ServerMessage { get; }

    /// <summary>The node that said it.</summary>
    public EndPoint? Node { get; private set; }

    /// <summary>Warnings that came with the error.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>What the server said, and which node said it.</summary>
    public override string Message => Node is null ? ServerMessage : $"{Node}: {ServerMessage}";

    internal ServerException At(EndPoint node, IReadOnlyList<string> warnings)
    {
        Node = node;
        Warnings = warnings;
        return this;
    }
}
