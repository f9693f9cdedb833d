using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <summary>A text is not a statement; the message is what the server says. Clients see the error SYNTAX_ERROR (0x2000).</summary>
/// <param name="message">The message, with the position where it has one.</param>
/// <param name="position">Where, if the server says so; the end of the text is 0:-1.</param>
internal sealed class CqlSyntaxException(string message, SourcePosition? position) : Exception(message)
{
    public SourcePosition? Position { get; } = position;
}
