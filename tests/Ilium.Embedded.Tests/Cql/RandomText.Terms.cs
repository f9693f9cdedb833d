using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Tests.Cql;

/// <content>Terms and what can be selected.</content>
internal sealed partial class RandomText
{
    private static readonly (string Written, LiteralKind Kind, string Text)[] Literals =
    [
        ("'text'", LiteralKind.String, "text"),
        ("'it''s'", LiteralKind.String, "it's"),
        ("''", LiteralKind.String, ""),
        ("'-- no comment'", LiteralKind.String, "-- no comment"),
        ("$$it's$$", LiteralKind.String, "it's"),
        ("0", LiteralKind.Integer, "0"),
        ("-17", LiteralKind.Integer, "-17"),
        ("1.5", LiteralKind.Float, "1.5"),
        ("-1e-5", LiteralKind.Float, "-1e-5"),
        ("true", LiteralKind.Boolean, "true"),
        ("False", LiteralKind.Boolean, "False"),
        ("0x0aFF", LiteralKind.Hex, "0x0aFF"),
        ("123e4567-e89b-12d3-a456-426655440000", LiteralKind.Uuid, "123e4567-e89b-12d3-a456-426655440000"),
        ("1h30m", LiteralKind.Duration, "1h30m"),
        ("P1Y2M", LiteralKind.Duration, "P1Y2M"),
    ];

    private Term Term() => Next(8) == 0 ? Hint() : Sum(Product, (operation, left, right) => new ArithmeticTerm(Anywhere, operation, left, right), "+", "-");

    private Term Product() => Sum(Unary, (operation, left, right) => new ArithmeticTerm(Anywhere, operation, left, right), "*", "/", "%");

    private Term Unary()
    {
        if (Next(8) > 0 || _depth >= MostDepth)
        {
            return Simple();
        }

        Write("-");
        return Nested(0, _ => new NegatedTerm(Anywhere, Parentheses()));
    }

    /// <summary>Operands of one rank, from left to right.</summary>
    private T Sum<T>(Func<T> operand, Func<ArithmeticOperator, T, T, T> join, params string[] symbols)
    {
        var left = operand();
        while (Next(6) == 0)
        {
            var symbol = OneOf<string>(symbols);
            Write(symbol);
            left = join(OperatorOf(symbol), left, operand());
        }

        return left;
    }

    private static ArithmeticOperator OperatorOf(string symbol) => symbol switch
    {
        "+" => ArithmeticOperator.Add,
        "-" => ArithmeticOperator.Subtract,
        "*" => ArithmeticOperator.Multiply,
        "/" => ArithmeticOperator.Divide,
        _ => ArithmeticOperator.Modulo,
    };

    private Term Simple() => Nested<Term>(_depth >= MostDepth ? Next(3) : Next(9), kind => kind switch
    {
        0 => Literal(),
        1 => Null(),
        2 => Marker(),
        3 => Parentheses(),
        4 => new ArrayLiteral(Anywhere, Parenthesized(0, 3, Term, "[", "]")),
        5 => new SetLiteral(Anywhere, Parenthesized(0, 3, Term, "{", "}")),
        6 => new MapLiteral(Anywhere, Parenthesized(1, 2, Entry, "{", "}")),
        7 => UserTypeLiteral(),
        _ => Function(),
    });

    private Literal Literal()
    {
        var (written, kind, text) = OneOf(Literals);
        Write(written);
        return new Literal(Anywhere, kind, text);
    }

    private NullLiteral Null()
    {
        Words("NULL");
        return new NullLiteral(Anywhere);
    }

    private BindMarker Marker()
    {
        var (written, name) = OneOf(("?", null), (":name", "name"), (":Name", "name"), (":\"Name\"", "Name"));
        Write(written);
        return new BindMarker(Anywhere, _markers++, name);
    }

    private TupleLiteral Parentheses() => new(Anywhere, Parenthesized(1, 3, Term));

    private MapEntry Entry()
    {
        var key = Literal();
        Write(":");
        return new MapEntry(Anywhere, key, Term());
    }

    private UserTypeLiteral UserTypeLiteral()
    {
        var fields = new Queue<string>(["x", "Y", "z"]);
        return new UserTypeLiteral(Anywhere, Parenthesized(1, 3, () =>
        {
            var field = fields.Dequeue();
            Name(field);
            Write(":");
            return new FieldValue(Anywhere, field, Term());
        }, "{", "}"));
    }

    private FunctionCall Function() => new(Anywhere, FunctionName(), Parenthesized(0, 3, Term));

    private QualifiedName FunctionName()
    {
        var keyspace = Maybe() ? null : PlainName("ks", "Ks");
        if (keyspace is not null)
        {
            Write(".");
        }

        return new QualifiedName(Anywhere, keyspace, PlainName("f", "to_date", "F"));
    }

    private TypeHintTerm Hint()
    {
        Write("(");
        var type = NativeType();
        Write(")");
        return new TypeHintTerm(Anywhere, type, Literal());
    }

    private Selectable Selectable() =>
        Sum(SelectableProduct, (operation, left, right) => new ArithmeticSelectable(Anywhere, operation, left, right), "+", "-");

    private Selectable SelectableProduct() =>
        Sum(SimpleSelectable, (operation, left, right) => new ArithmeticSelectable(Anywhere, operation, left, right), "*", "/", "%");

    private Selectable SimpleSelectable() => Nested<Selectable>(_depth >= MostDepth ? 0 : Next(9), kind => kind switch
    {
        1 => new TermSelectable(Anywhere, OneOf<Func<Term>>(Literal, Marker)()),
        2 => CountRows(),
        3 => new FunctionSelectable(Anywhere, FunctionName(), Parenthesized(0, 3, Selectable)),
        4 => Cast(),
        5 => Field(),
        6 => Element(),
        7 => new TupleSelectable(Anywhere, Parenthesized(1, 3, Selectable)),
        8 => WriteTimeOrTtl(),
        _ => Column(),
    });

    private ColumnSelectable Column() => new(Anywhere, PlainName("a", "b1", "Quoted", "with space", "values"));

    private CountRowsSelectable CountRows()
    {
        Words("count");
        Write("(", "*", ")");
        return new CountRowsSelectable(Anywhere);
    }

    private CastSelectable Cast()
    {
        Words("CAST");
        Write("(");
        var operand = Selectable();
        Words("AS");
        var type = NativeType();
        Write(")");
        return new CastSelectable(Anywhere, operand, type);
    }

    private FieldSelectable Field()
    {
        var column = Column();
        Write(".");
        return new FieldSelectable(Anywhere, column, PlainName("x", "Y"));
    }

    private Selectable Element()
    {
        var column = Column();
        Write("[");
        Term? from = Next(3) == 0 ? null : Literal();
        var isSlice = from is null || Maybe();
        Term? to = null;
        if (isSlice)
        {
            Write("..");
            to = from is not null && Maybe() ? null : Literal();
        }

        Write("]");
        return isSlice ? new SliceSelectable(Anywhere, column, from, to) : new ElementSelectable(Anywhere, column, from!);
    }

    private WriteTimeOrTtlSelectable WriteTimeOrTtl()
    {
        var (word, kind) = OneOf(("WRITETIME", WriteTimeOrTtlKind.WriteTime), ("MAXWRITETIME", WriteTimeOrTtlKind.MaxWriteTime), ("TTL", WriteTimeOrTtlKind.Ttl));
        Words(word);
        Write("(");
        var column = Column();
        Write(")");
        return new WriteTimeOrTtlSelectable(Anywhere, kind, column.Column, column);
    }
}
