namespace Ilium.Embedded.Cql;

/// <summary>Tokens as the server's messages name them.</summary>
internal static class TokenNames
{
    public static string Of(TokenKind kind) => kind switch
    {
        TokenKind.EndOfText => "EOF",
        TokenKind.LeftParenthesis => "'('",
        TokenKind.RightParenthesis => "')'",
        TokenKind.LeftBracket => "'['",
        TokenKind.RightBracket => "']'",
        TokenKind.LeftBrace => "'{'",
        TokenKind.RightBrace => "'}'",
        TokenKind.Comma => "','",
        TokenKind.Colon => "':'",
        TokenKind.Period => "'.'",
        TokenKind.Asterisk => "'*'",
        TokenKind.Equal => "'='",
        TokenKind.LessThan => "'<'",
        TokenKind.GreaterThan => "'>'",
        TokenKind.StringLiteral => "STRING_LITERAL",
        TokenKind.Integer => "INTEGER",
        TokenKind.Boolean => "BOOLEAN",
        TokenKind.Identifier => "IDENT",
        _ => "K_" + Keywords.TextOf(kind),
    };
}
