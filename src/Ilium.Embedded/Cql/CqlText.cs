using System.Text;
using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <summary>Terms, selectables and types as the server writes them: in messages, and in the names of columns that have no other.</summary>
internal static class CqlText
{
    public static string Of(Term term) => Write(term, static (text, term) => Append(text, term));

    public static string Of(TypeName type) => Write(type, static (text, type) => Append(text, type));

    private static string Write<T>(T node, Action<StringBuilder, T> append)
    {
        var text = new StringBuilder();
        append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Term term)
    {
        switch (term)
        {
            case Literal { Kind: LiteralKind.String } literal:
                text.Append('\'').Append(literal.Text).Append('\'');
                break;
            case Literal literal:
                text.Append(literal.Text);
                break;
            case NullLiteral:
                text.Append("NULL");
                break;
            case BindMarker marker:
                text.Append(marker.Name is null ? "?" : ":" + marker.Name);
                break;
            case ArrayLiteral array:
                AppendList(text, '[', array.Elements, ']', Append);
                break;
            case SetLiteral set:
                AppendList(text, '{', set.Elements, '}', Append);
                break;
            case TupleLiteral tuple:
                AppendList(text, '(', tuple.Elements, ')', Append);
                break;
            case MapLiteral map:
                AppendList(text, '{', map.Entries, '}', static (text, entry) =>
                {
                    Append(text, entry.Key);
                    text.Append(": ");
                    Append(text, entry.Value);
                });
                break;
            case UserTypeLiteral literal:
                AppendList(text, '{', literal.Fields, '}', static (text, field) =>
                {
                    text.Append(CqlIdentifier.ToCql(field.Field)).Append(": ");
                    Append(text, field.Value);
                });
                break;
            case FunctionCall call:
                Append(text, call.Name);
                AppendList(text, '(', call.Arguments, ')', Append);
                break;
            default:
                AppendOperation(text, term);
                break;
        }
    }

    private static void AppendOperation(StringBuilder text, Term term)
    {
        switch (term)
        {
            case ArithmeticTerm arithmetic:
                Append(text, arithmetic.Left);
                text.Append(' ').Append(SymbolOf(arithmetic.Operator)).Append(' ');
                Append(text, arithmetic.Right);
                break;
            case NegatedTerm negated:
                text.Append('-');
                Append(text, negated.Operand);
                break;
            case TypeHintTerm hint:
                text.Append('(');
                Append(text, hint.Type);
                text.Append(')');
                Append(text, hint.Value);
                break;
            case CastTerm cast:
                text.Append("cast(");
                Append(text, cast.Value);
                text.Append(" as ").Append(cast.Type.Name).Append(')');
                break;
            default:
                throw new NotSupportedException($"There is no text for {term.GetType().Name}.");
        }
    }

    private static void Append(StringBuilder text, TypeName type)
    {
        switch (type)
        {
            case NativeTypeName native:
                text.Append(native.Name);
                break;
            case ListTypeName list:
                Append(text.Append("list<"), list.Element);
                text.Append('>');
                break;
            case SetTypeName set:
                Append(text.Append("set<"), set.Element);
                text.Append('>');
                break;
            case MapTypeName map:
                Append(text.Append("map<"), map.Key);
                Append(text.Append(", "), map.Value);
                text.Append('>');
                break;
            case FrozenTypeName frozen:
                Append(text.Append("frozen<"), frozen.Inner);
                text.Append('>');
                break;
            case TupleTypeName tuple:
                text.Append("tuple");
                AppendList(text, '<', tuple.Elements, '>', Append);
                break;
            case VectorTypeName vector:
                Append(text.Append("vector<"), vector.Element);
                text.Append(", ").Append(vector.Dimension).Append('>');
                break;
            case UserTypeName user:
                Append(text, user.Name);
                break;
            case CustomTypeName custom:
                text.Append('\'').Append(custom.ClassName).Append('\'');
                break;
            default:
                throw new NotSupportedException($"There is no text for {type.GetType().Name}.");
        }
    }

    private static void Append(StringBuilder text, QualifiedName name)
    {
        if (name.Keyspace is not null)
        {
            text.Append(CqlIdentifier.ToCql(name.Keyspace)).Append('.');
        }

        text.Append(CqlIdentifier.ToCql(name.Name));
    }

    private static void AppendList<T>(StringBuilder text, char open, NodeList<T> items, char close, Action<StringBuilder, T> append)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
            {
                text.Append(", ");
            }

            isFirst = false;
            append(text, item);
        }

        text.Append(close);
    }

    private static char SymbolOf(ArithmeticOperator arithmetic) => arithmetic switch
    {
        ArithmeticOperator.Add => '+',
        ArithmeticOperator.Subtract => '-',
        ArithmeticOperator.Multiply => '*',
        ArithmeticOperator.Divide => '/',
        _ => '%',
    };
}
