using Ilium.Embedded.Cql;
using Ilium.Embedded.Cql.Ast;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution.Expressions;

/// <summary>Selectables and relations as the server repeats them in names of columns and in messages.</summary>
internal static class SelectableText
{
    internal static string Of(Selectable selectable) => selectable switch
    {
        ColumnSelectable column => column.Column,
        TermSelectable { Term: Literal { Kind: LiteralKind.String } literal } => "'" + literal.Text + "'",
        TermSelectable term => CqlText.Of(term.Term),
        CountRowsSelectable => "count",
        WriteTimeOrTtlSelectable call => $"{(call.Kind switch { WriteTimeOrTtlKind.WriteTime => "writetime", WriteTimeOrTtlKind.MaxWriteTime => "maxwritetime", _ => "ttl" })}({Of(call.Selected)})",
        CastSelectable cast => $"cast({Of(cast.Operand)} as {(cast.Type.Name == "varchar" ? "text" : cast.Type.Name)})",
        FunctionSelectable function => "system." + NameOf(function.Name.Name) + "(" + Join(function.Arguments) + ")",
        ArithmeticSelectable arithmetic => $"{OfOperand(arithmetic.Left)} {Arithmetic.Symbol(arithmetic.Operator)} {OfOperand(arithmetic.Right)}",
        NegatedSelectable negated => "-" + OfOperand(negated.Operand),
        FieldSelectable field => $"{Of(field.Receiver)}.{field.Field}",
        ElementSelectable element => $"{Of(element.Receiver)}[{CqlText.Of(element.Element)}]",
        SliceSelectable slice => $"{Of(slice.Receiver)}[{(slice.From is null ? "" : CqlText.Of(slice.From))}..{(slice.To is null ? "" : CqlText.Of(slice.To))}]",
        TupleSelectable { Elements.Count: 1 } tuple => Of(tuple.Elements[0]),
        TupleSelectable tuple => "(" + Join(tuple.Elements) + ")",
        ArraySelectable array => "[" + Join(array.Elements) + "]",
        SetSelectable set => "{" + Join(set.Elements) + "}",
        MapOrUserTypeSelectable map => "{" + string.Join(", ", map.Entries.Select(e => Of(e.Key) + ": " + Of(e.Value))) + "}",
        TypeHintSelectable hint => $"({CqlText.Of(hint.Type)}){Of(hint.Operand)}",
        _ => selectable.ToString(),
    };

    // What stands in parentheses keeps them where it is a sum or product.
    private static string OfOperand(Selectable selectable) =>
        selectable is TupleSelectable { Elements: { Count: 1 } elements } && elements[0] is ArithmeticSelectable ? $"({Of(selectable)})" : Of(selectable);

    internal static string Of(RelationOperator operation) => operation switch
    {
        RelationOperator.Equal => "=",
        RelationOperator.NotEqual => "!=",
        RelationOperator.LessThan => "<",
        RelationOperator.LessThanOrEqual => "<=",
        RelationOperator.GreaterThan => ">",
        RelationOperator.GreaterThanOrEqual => ">=",
        RelationOperator.Contains => "CONTAINS",
        RelationOperator.ContainsKey => "CONTAINS KEY",
        _ => "LIKE",
    };

    private static string NameOf(string function) => function switch { "tojson" => "to_json", "fromjson" => "from_json", _ => function };

    private static string Join(NodeList<Selectable> selectables) => string.Join(", ", selectables.Select(Of));
}
