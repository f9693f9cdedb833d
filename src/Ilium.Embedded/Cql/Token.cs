using System.Runtime.InteropServices;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <summary>A piece of the text. White space and comments are no tokens.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(TokenKind Kind, int Start, int Length, SourcePosition Position)
{
    public int End => Start + Length;
}
