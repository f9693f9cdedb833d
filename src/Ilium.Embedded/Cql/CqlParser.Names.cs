using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>Names and types.</content>
internal ref partial struct CqlParser
{
    /// <summary>Whether a token can be a name: an identifier, a quoted name or a keyword that is not reserved.</summary>
    private static bool IsName(TokenKind kind) => kind is TokenKind.Identifier or TokenKind.QuotedName
        || Keywords.ClassOf(kind) is KeywordClass.Unreserved or KeywordClass.UnreservedName or KeywordClass.NativeType;

    /// <summary>Whether a token can be the name of a column in a statement that uses tables: <c>""</c> can, too.</summary>
    private static bool IsColumn(TokenKind kind) => kind == TokenKind.EmptyQuotedName || IsName(kind);

    private static bool IsFunctionName(TokenKind kind) => kind is TokenKind.Identifier or TokenKind.QuotedName or TokenKind.Token or TokenKind.Count
        || Keywords.ClassOf(kind) is KeywordClass.Unreserved or KeywordClass.NativeType;

    private static bool IsTypeStart(TokenKind kind) => kind is TokenKind.Identifier or TokenKind.QuotedName or TokenKind.Set or TokenKind.StringLiteral
        || Keywords.ClassOf(kind) is KeywordClass.Unreserved or KeywordClass.UnreservedName or KeywordClass.NativeType;

    /// <summary>A quoted text without its quotes, where two inside it are one; <c>$$</c> has nothing to undo.</summary>
    private readonly string Unquote(Token token)
    {
        var text = TextOf(token);
        if (text[0] == '$')
        {
            return text[2..^2].ToString();
        }

        var quote = text[0];
        var inner = text[1..^1];
        if (!inner.Contains(quote))
        {
            return inner.ToString();
        }

        return inner.ToString().Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A name as the server sees it: in lower case unless quoted.</summary>
    private readonly string NameOf(Token token)
    {
        if (token.Kind is TokenKind.QuotedName or TokenKind.StringLiteral)
        {
            return Unquote(token);
        }

        return string.Create(token.Length, TextOf(token), static (name, text) => text.ToLowerInvariant(name));
    }

    /// <summary>The grammar's <c>ident</c>, <c>fident</c> and <c>noncol_ident</c>.</summary>
    private string ParseName() => IsName(Kind) ? NameOf(Next()) : throw NoViableAlternative();

    /// <summary>The grammar's <c>cident</c>.</summary>
    private string ParseColumn() => Accept(TokenKind.EmptyQuotedName) ? "" : ParseName();

    private string ParseKeyspaceName() => ParsePartOfName("keyspace");

    private QualifiedName ParseTableName() => ParseQualifiedName("table");

    /// <summary>A name that a keyspace and a period may stand before.</summary>
    private QualifiedName ParseQualifiedName(string ofWhat)
    {
        var position = Position;
        string? keyspace = null;
        if ((IsName(Kind) || Kind == TokenKind.QuestionMark) && KindAt(1) == TokenKind.Period)
        {
            keyspace = ParsePartOfName("keyspace");
            _at++;
        }

        return new QualifiedName(position, keyspace, ParsePartOfName(ofWhat));
    }

    private string ParsePartOfName(string ofWhat) => Kind == TokenKind.QuestionMark
        ? throw Invalid($"Bind variables cannot be used for {ofWhat} names")
        : ParseName();

    private QualifiedName ParseFunctionName()
    {
        var position = Position;
        string? keyspace = null;
        if ((IsName(Kind) || Kind == TokenKind.QuestionMark) && KindAt(1) == TokenKind.Period)
        {
            keyspace = ParsePartOfName("keyspace");
            _at++;
        }

        return new QualifiedName(position, keyspace, ParseLocalFunctionName());
    }

    private string ParseLocalFunctionName() => IsFunctionName(Kind) ? NameOf(Next()) : throw NoViableAlternative();

    private QualifiedName ParseUserTypeName()
    {
        var position = Position;
        string? keyspace = null;
        if ((IsName(Kind) || Kind == TokenKind.QuestionMark) && KindAt(1) == TokenKind.Period)
        {
            keyspace = ParseName();
            _at++;
        }

        if (Kind is not (TokenKind.Identifier or TokenKind.QuotedName or TokenKind.Key) && Keywords.ClassOf(Kind) != KeywordClass.Unreserved)
        {
            if (keyspace is not null || !IsName(Kind))
            {
                throw NoViableAlternative();
            }

            _at++;
            throw Mismatched(TokenNames.Of(TokenKind.Period));
        }

        var token = Next();
        if (token.Kind == TokenKind.Identifier && TextOf(token) is "byte" or "complex" or "enum" or "interval" or "macaddr" or "bitstring")
        {
            throw Invalid($"Invalid (reserved) user type name {TextOf(token)}");
        }

        return new QualifiedName(position, keyspace, NameOf(token));
    }

    private string ParseRoleName()
    {
        if (Kind == TokenKind.QuestionMark)
        {
            throw Invalid("Bind variables cannot be used for role names");
        }

        return Kind == TokenKind.StringLiteral ? Unquote(Next()) : ParseName();
    }

    /// <summary>The name of a user, which is kept as it is written.</summary>
    private string ParseUserName() => ParseUnquotedName("Quoted strings are are not supported for user names and USER is deprecated, please use ROLE");

    private string ParseIdentity() => ParseUnquotedName("Quoted strings are are not supported for identity");

    private string ParseUnquotedName(string ifQuoted) => Kind switch
    {
        TokenKind.Identifier => TextOf(Next()).ToString(),
        TokenKind.StringLiteral => Unquote(Next()),
        TokenKind.QuotedName => throw Invalid(ifQuoted),
        _ => throw NoViableAlternative(),
    };

    /// <summary>A class of the server, which looks it up while it parses.</summary>
    private CustomTypeName ParseClassName(SourcePosition position)
    {
        var name = Unquote(Next());
        return IsClass(name) ? new CustomTypeName(position, name) : throw Invalid($"Error setting type {name}: Unable to find abstract-type class '{name}'");
    }

    /// <summary>Whether a name is the class of a type that a server has.</summary>
    private static bool IsClass(string name) =>
        Types.CqlTypeParser.FromClassName(name.Contains('.', StringComparison.Ordinal) ? name : "org.apache.cassandra.db.marshal." + name) is not CqlCustomType;

    private TypeName ParseType()
    {
        CheckDepth();
        var position = Position;
        var kind = Kind;
        var isNative = Keywords.ClassOf(kind) == KeywordClass.NativeType && KindAt(1) != TokenKind.Period;
        if (isNative)
        {
            return ParseNativeType();
        }

        var isParametrized = KindAt(1) == TokenKind.LessThan;
        switch (kind)
        {
            case TokenKind.StringLiteral:
                return ParseClassName(position);
            case TokenKind.Set:
                _at++;
                return new SetTypeName(position, ParseOnlyParameter());
            case TokenKind.List when isParametrized:
                _at++;
                return new ListTypeName(position, ParseOnlyParameter());
            case TokenKind.Frozen when isParametrized:
                _at++;
                return Freeze(new FrozenTypeName(position, ParseOnlyParameter()));
            case TokenKind.Map when isParametrized:
                return ParseMapType();
            case TokenKind.Tuple when isParametrized:
                return ParseTupleType();
            case TokenKind.Vector when isParametrized:
                return ParseVectorType();
            default:
                return IsName(kind) ? new UserTypeName(position, ParseUserTypeName()) : throw NoViableAlternative();
        }
    }

    private TypeName ParseOnlyParameter()
    {
        Expect(TokenKind.LessThan);
        var parameter = ParseType();
        Expect(TokenKind.GreaterThan);
        return parameter;
    }

    private MapTypeName ParseMapType()
    {
        var position = Next().Position;
        Expect(TokenKind.LessThan);
        var key = ParseType();
        Expect(TokenKind.Comma);
        var value = ParseType();
        Expect(TokenKind.GreaterThan);
        return new MapTypeName(position, key, value);
    }

    private TupleTypeName ParseTupleType()
    {
        var position = Next().Position;
        Expect(TokenKind.LessThan);
        var elements = default(NodeListBuilder<TypeName>);
        do
        {
            elements.Add(ParseType());
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.GreaterThan);
        return new TupleTypeName(position, elements.Build());
    }

    private VectorTypeName ParseVectorType()
    {
        var position = Next().Position;
        Expect(TokenKind.LessThan);
        var element = ParseType();
        Expect(TokenKind.Comma);
        var dimension = Expect(TokenKind.Integer);
        Expect(TokenKind.GreaterThan);
        return int.TryParse(TextOf(dimension), out var number)
            ? new VectorTypeName(position, element, number)
            : throw FailedParsing($"NumberFormatException For input string: \"{TextOf(dimension)}\"");
    }

    /// <summary>Only what has parts can be frozen; a custom class or a name may be anything.</summary>
    private static FrozenTypeName Freeze(FrozenTypeName type) => type.Inner is NativeTypeName native
        ? throw Invalid($"frozen<> is only allowed on collections, tuples, and user-defined types (got {native.Name})")
        : type;

    private NativeTypeName ParseNativeType()
    {
        CqlTypeCode? code = Kind switch
        {
            TokenKind.Ascii => CqlTypeCode.Ascii,
            TokenKind.Bigint => CqlTypeCode.Bigint,
            TokenKind.Blob => CqlTypeCode.Blob,
            TokenKind.BooleanType => CqlTypeCode.Boolean,
            TokenKind.Counter => CqlTypeCode.Counter,
            TokenKind.Decimal => CqlTypeCode.Decimal,
            TokenKind.Double => CqlTypeCode.Double,
            TokenKind.DurationType => CqlTypeCode.Duration,
            TokenKind.FloatType => CqlTypeCode.Float,
            TokenKind.Inet => CqlTypeCode.Inet,
            TokenKind.Int => CqlTypeCode.Int,
            TokenKind.SmallInt => CqlTypeCode.Smallint,
            TokenKind.Text or TokenKind.Varchar => CqlTypeCode.Text,
            TokenKind.Timestamp => CqlTypeCode.Timestamp,
            TokenKind.TinyInt => CqlTypeCode.Tinyint,
            TokenKind.UuidType => CqlTypeCode.Uuid,
            TokenKind.Varint => CqlTypeCode.Varint,
            TokenKind.TimeUuid => CqlTypeCode.Timeuuid,
            TokenKind.Date => CqlTypeCode.Date,
            TokenKind.Time => CqlTypeCode.Time,
            _ => null,
        };
        if (code is null)
        {
            throw NoViableAlternative();
        }

        var token = Next();
        return new NativeTypeName(token.Position, NameOf(token), code.Value);
    }

    /// <summary>Where a type that begins <paramref name="ahead"/> of here ends, or -1 when none does.</summary>
    private readonly int SkipType(int ahead)
    {
        var kind = KindAt(ahead);
        if (kind == TokenKind.StringLiteral)
        {
            return ahead + 1;
        }

        if (!IsTypeStart(kind))
        {
            return -1;
        }

        switch (KindAt(ahead + 1))
        {
            case TokenKind.Period:
                return IsName(KindAt(ahead + 2)) ? ahead + 3 : -1;
            case TokenKind.LessThan when kind is TokenKind.Set or TokenKind.List or TokenKind.Map or TokenKind.Tuple or TokenKind.Vector or TokenKind.Frozen:
                var depth = 0;
                for (ahead++; ; ahead++)
                {
                    var part = KindAt(ahead);
                    depth += part == TokenKind.LessThan ? 1 : part == TokenKind.GreaterThan ? -1 : 0;
                    if (depth == 0)
                    {
                        return ahead + 1;
                    }

                    if (part is TokenKind.EndOfText or TokenKind.RightParenthesis)
                    {
                        return -1;
                    }
                }

            default:
                return kind == TokenKind.Set ? -1 : ahead + 1;
        }
    }
}
