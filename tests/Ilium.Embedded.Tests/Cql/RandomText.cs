using System.Text;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Tests.Cql;

/// <summary>
/// Writes random statements and beside each what the parser has to make of it: a method appends its words to the text and gives the node they stand for. The words
/// are separated by white space and comments of all kinds.
/// </summary>
internal sealed partial class RandomText(int seed)
{
    private const int MostDepth = 3;

    private static readonly SourcePosition Anywhere = new(1, 0);
    private static readonly string[] Gaps = [" ", " ", " ", "\n", "  ", "\t", " /* c */ ", " -- c\n", " // c\n", "/**/"];
    private static readonly string[] Names = ["a", "b1", "a_b", "Quoted", "with space", "q\"q", "select", "values", "filtering", "role", "ä"];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();
    private int _markers;
    private int _depth;

    public string Text => _text.ToString();

    /// <summary>A statement of any kind.</summary>
    public CqlStatement Statement() => Next(6) switch
    {
        0 or 1 => Select(),
        2 => Insert(),
        3 => Update(),
        4 => Next(2) == 0 ? Delete() : Batch(),
        _ => CreateTable(),
    };

    private int Next(int below) => _random.Next(below);

    private bool Maybe() => Next(2) == 0;

    private T OneOf<T>(params ReadOnlySpan<T> choices) => choices[Next(choices.Length)];

    /// <summary>Appends words as they are.</summary>
    private void Write(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (_text.Length > 0)
            {
                // A comment right behind a division would be another comment.
                _text.Append(_text[^1] == '/' ? " " : OneOf(Gaps));
            }

            _text.Append(word);
        }
    }

    /// <summary>Appends words of the language, in any case.</summary>
    private void Words(string words)
    {
        foreach (var word in words.Split(" ", StringSplitOptions.RemoveEmptyEntries))
        {
            Write(AnyCase(word));
        }
    }

    private string AnyCase(string word) => Next(3) switch
    {
        0 => word.ToLowerInvariant(),
        1 => string.Concat(word.Select(c => Maybe() ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c))),
        _ => word,
    };

    private bool Optional(string words)
    {
        if (Maybe())
        {
            return false;
        }

        Words(words);
        return true;
    }

    private NodeList<T> Many<T>(int least, int most, string separator, Func<T> item)
    {
        var items = new List<T>();
        for (var count = least + Next(most - least + 1); items.Count < count;)
        {
            if (items.Count > 0)
            {
                Words(separator);
            }

            items.Add(item());
        }

        return [.. items];
    }

    private NodeList<T> Parenthesized<T>(int least, int most, Func<T> item, string open = "(", string close = ")")
    {
        Write(open);
        var items = Many(least, most, ",", item);
        Write(close);
        return items;
    }

    /// <summary>A name, quoted where it has to be and sometimes where not.</summary>
    private string Name()
    {
        var name = OneOf(Names);
        Name(name);
        return name;
    }

    private void Name(string name)
    {
        var isPlain = name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && name != "select";
        Write(isPlain && Next(4) > 0 ? AnyCase(name) : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
    }

    /// <summary>A name as most places have it; a few words of the language are no names of tables.</summary>
    private string PlainName(params ReadOnlySpan<string> names)
    {
        var name = OneOf(names);
        Name(name);
        return name;
    }

    private QualifiedName QualifiedName()
    {
        var keyspace = Maybe() ? null : PlainName("ks", "Ks", "k s");
        if (keyspace is not null)
        {
            Write(".");
        }

        return new QualifiedName(Anywhere, keyspace, PlainName("t", "Table", "t_1", "x y"));
    }

    private TypeName Type() => Nested<TypeName>(Next(4) > 0 || _depth >= MostDepth ? 0 : 1 + Next(6), kind => kind switch
    {
        0 => Maybe() ? NativeType() : UserType(),
        1 => Wrapped("list", () => new ListTypeName(Anywhere, Type())),
        2 => Wrapped("set", () => new SetTypeName(Anywhere, Type())),
        3 => Wrapped("map", () =>
        {
            var key = Type();
            Write(",");
            return new MapTypeName(Anywhere, key, Type());
        }),
        4 => Wrapped("tuple", () => new TupleTypeName(Anywhere, Many(1, 3, ",", Type))),
        5 => Wrapped("vector", () =>
        {
            var element = Type();
            Write(",");
            var dimension = 1 + Next(20);
            Write($"{dimension}");
            return new VectorTypeName(Anywhere, element, dimension);
        }),
        _ => Wrapped("frozen", () => new FrozenTypeName(Anywhere, Wrapped("list", () => new ListTypeName(Anywhere, Type())))),
    });

    private T Wrapped<T>(string word, Func<T> inner)
    {
        Words(word);
        Write("<");
        var made = inner();
        Write(">");
        return made;
    }

    private NativeTypeName NativeType()
    {
        var (name, code) = OneOf(("int", CqlTypeCode.Int), ("text", CqlTypeCode.Text), ("varchar", CqlTypeCode.Text), ("duration", CqlTypeCode.Duration), ("timeuuid", CqlTypeCode.Timeuuid));
        Words(name);
        return new NativeTypeName(Anywhere, name, code);
    }

    private UserTypeName UserType()
    {
        var keyspace = Maybe() ? null : PlainName("ks", "Ks");
        if (keyspace is not null)
        {
            Write(".");
        }

        return new UserTypeName(Anywhere, new QualifiedName(Anywhere, keyspace, PlainName("udt", "Udt")));
    }

    /// <summary>Something one level deeper.</summary>
    private T Nested<T>(int kind, Func<int, T> make)
    {
        _depth++;
        var made = make(kind);
        _depth--;
        return made;
    }
}
