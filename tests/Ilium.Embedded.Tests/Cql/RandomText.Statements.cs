using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Tests.Cql;

/// <content>Whole statements.</content>
internal sealed partial class RandomText
{
    private static readonly (string Symbol, RelationOperator Operator)[] Comparisons =
    [
        ("=", RelationOperator.Equal),
        ("<", RelationOperator.LessThan),
        ("<=", RelationOperator.LessThanOrEqual),
        (">", RelationOperator.GreaterThan),
        (">=", RelationOperator.GreaterThanOrEqual),
        ("!=", RelationOperator.NotEqual),
    ];

    private SelectStatement Select()
    {
        Words("SELECT");
        var isJson = Optional("JSON");
        var isDistinct = Optional("DISTINCT");
        var selectors = Maybe() ? Many(1, 3, ",", Selector) : Everything();
        Words("FROM");
        var table = QualifiedName();
        var where = Optional("WHERE") ? Many(1, 3, "AND", Relation) : [];
        var groups = Optional("GROUP BY") ? Many(1, 2, ",", () => (Selectable)Column()) : [];
        var orderings = Optional("ORDER BY") ? Many(1, 2, ",", Ordering) : [];
        var perPartition = Optional("PER PARTITION LIMIT") ? Number() : null;
        var limit = Optional("LIMIT") ? Number() : null;
        return new SelectStatement(Anywhere, isJson, isDistinct, selectors, table, where, groups, orderings, perPartition, limit, Optional("ALLOW FILTERING"));
    }

    private NodeList<Selector> Everything()
    {
        Write("*");
        return [];
    }

    private Selector Selector()
    {
        var selectable = Selectable();
        return new Selector(Anywhere, selectable, Optional("AS") ? Name() : null);
    }

    private Ordering Ordering()
    {
        var column = Name();
        var vector = Next(4) == 0 ? NearestTo() : null;
        var isDescending = Optional("DESC");
        if (!isDescending && Maybe())
        {
            Words("ASC");
        }

        return new Ordering(Anywhere, column, vector, isDescending);
    }

    private ArrayLiteral NearestTo()
    {
        Words("ANN OF");
        return new ArrayLiteral(Anywhere, Parenthesized(1, 3, () => (Term)Literal(), "[", "]"));
    }

    /// <summary>Where only a number or a marker may stand.</summary>
    private Term Number()
    {
        if (Maybe())
        {
            return Marker();
        }

        var number = $"{1 + Next(1000)}";
        Write(number);
        return new Literal(Anywhere, LiteralKind.Integer, number);
    }

    private RelationOperator Comparison()
    {
        var (symbol, operation) = OneOf(Comparisons);
        Write(symbol);
        return operation;
    }

    private Relation Relation()
    {
        switch (Next(7))
        {
            case 0:
                var element = Name();
                Write("[");
                var key = Term();
                Write("]");
                return new MapElementRelation(Anywhere, element, key, Comparison(), Term());
            case 1:
                Words("token");
                return new TokenRelation(Anywhere, Parenthesized(1, 3, Name), Comparison(), Term());
            case 2:
                return new MultiColumnRelation(Anywhere, Parenthesized(1, 3, Name), Comparison(), Maybe() ? Marker() : Parentheses());
            case 3:
                var listed = Parenthesized(1, 3, Name);
                Words("IN");
                return new MultiColumnInRelation(Anywhere, listed, Maybe() ? new InValues(Anywhere, Marker(), []) : new InValues(Anywhere, null, Parenthesized(1, 3, () => (Term)Parentheses())));
            case 4:
                var one = Name();
                Words("IN");
                return new SingleColumnInRelation(Anywhere, one, In());
            case 5:
                var collection = Name();
                var ofKeys = Maybe();
                Words(ofKeys ? "CONTAINS KEY" : "CONTAINS");
                return new SingleColumnRelation(Anywhere, collection, ofKeys ? RelationOperator.ContainsKey : RelationOperator.Contains, Term());
            default:
                return new SingleColumnRelation(Anywhere, Name(), Comparison(), Term());
        }
    }

    private InValues In() => Maybe() ? new InValues(Anywhere, Marker(), []) : new InValues(Anywhere, null, Parenthesized(0, 3, Term));

    private UsingAttributes Using()
    {
        if (!Optional("USING"))
        {
            return UsingAttributes.None;
        }

        Term? timestamp = null;
        Term? timeToLive = null;
        _ = Many(1, 3, "AND", () =>
        {
            var isTimestamp = Maybe();
            Words(isTimestamp ? "TIMESTAMP" : "TTL");
            return isTimestamp ? timestamp = Number() : timeToLive = Number();
        });
        return new UsingAttributes(timestamp, timeToLive);
    }

    private ModificationStatement Insert()
    {
        Words("INSERT INTO");
        var table = QualifiedName();
        if (Next(4) == 0)
        {
            Words("JSON");
            Write("'{}'");
            var isUnset = Optional("DEFAULT UNSET");
            return new InsertJsonStatement(Anywhere, table, new Literal(Anywhere, LiteralKind.String, "{}"), isUnset, Optional("IF NOT EXISTS"), Using());
        }

        var columns = Parenthesized(1, 4, Name);
        Words("VALUES");
        return new InsertStatement(Anywhere, table, columns, Parenthesized(1, 4, Term), Optional("IF NOT EXISTS"), Using());
    }

    private UpdateStatement Update()
    {
        Words("UPDATE");
        var table = QualifiedName();
        var attributes = Using();
        Words("SET");
        var columns = new Queue<string>(["c0", "C1", "c 2"]);
        var assignments = Many(1, 3, ",", () => Assignment(columns.Dequeue()));
        Words("WHERE");
        var where = Many(1, 2, "AND", Relation);
        var (ifExists, conditions) = If();
        return new UpdateStatement(Anywhere, table, attributes, assignments, where, ifExists, conditions);
    }

    private Assignment Assignment(string column)
    {
        Name(column);
        switch (Next(6))
        {
            case 0:
                Write("[");
                var element = Term();
                Write("]", "=");
                return new SetElement(Anywhere, column, element, Term());
            case 1:
                Write(".");
                var field = Name();
                Write("=");
                return new SetField(Anywhere, column, field, Term());
            case 2:
                var isAddition = Maybe();
                Write(isAddition ? "+=" : "-=");
                return isAddition ? new Addition(Anywhere, column, Term()) : new Subtraction(Anywhere, column, Term());
            case 3:
                Write("=");
                Name(column);
                var adds = Maybe();
                Write(adds ? "+" : "-");
                return adds ? new Addition(Anywhere, column, Simple()) : new Subtraction(Anywhere, column, Simple());
            case 4:
                Write("=");
                var before = new ArrayLiteral(Anywhere, Parenthesized(0, 3, Term, "[", "]"));
                Write("+");
                Name(column);
                return new Prepend(Anywhere, column, before);
            default:
                Write("=");
                return new SetValue(Anywhere, column, Term());
        }
    }

    private (bool IfExists, NodeList<ColumnCondition> Conditions) If() => Next(4) switch
    {
        0 when Optional("IF EXISTS") => (true, []),
        1 when Optional("IF") => (false, Many(1, 2, "AND", Condition)),
        _ => (false, []),
    };

    private ColumnCondition Condition()
    {
        var column = Name();
        ConditionTarget target = new ColumnTarget(Anywhere, column);
        switch (Next(3))
        {
            case 0:
                Write("[");
                target = new ElementTarget(Anywhere, column, Term());
                Write("]");
                break;
            case 1:
                Write(".");
                target = new FieldTarget(Anywhere, column, Name());
                break;
        }

        if (Maybe())
        {
            return new SimpleCondition(Anywhere, target, Comparison(), Term());
        }

        Words("IN");
        return new InCondition(Anywhere, target, In());
    }

    private DeleteStatement Delete()
    {
        Words("DELETE");
        var deletions = Maybe() ? [] : Many(1, 3, ",", Deletion);
        Words("FROM");
        var table = QualifiedName();
        var attributes = Optional("USING TIMESTAMP") ? new UsingAttributes(Number(), null) : UsingAttributes.None;
        Words("WHERE");
        var where = Many(1, 3, "AND", Relation);
        var (ifExists, conditions) = If();
        return new DeleteStatement(Anywhere, deletions, table, attributes, where, ifExists, conditions);
    }

    private Deletion Deletion()
    {
        var column = Name();
        switch (Next(3))
        {
            case 0:
                Write("[");
                var element = Term();
                Write("]");
                return new ElementDeletion(Anywhere, column, element);
            case 1:
                Write(".");
                return new FieldDeletion(Anywhere, column, Name());
            default:
                return new ColumnDeletion(Anywhere, column);
        }
    }

    private CqlBatchStatement Batch()
    {
        Words("BEGIN");
        var kind = OneOf(BatchKind.Logged, BatchKind.Unlogged, BatchKind.Counter);
        Words(kind switch { BatchKind.Unlogged => "UNLOGGED BATCH", BatchKind.Counter => "COUNTER BATCH", _ => "BATCH" });
        var attributes = Using();
        var statements = Many(0, 3, Maybe() ? ";" : "", () => OneOf<Func<ModificationStatement>>(Insert, Update, Delete)());
        Words("APPLY BATCH");
        return new CqlBatchStatement(Anywhere, kind, attributes, statements);
    }

    private CreateTableStatement CreateTable()
    {
        Words("CREATE TABLE");
        var ifNotExists = Optional("IF NOT EXISTS");
        var table = QualifiedName();
        Write("(");
        var columns = Many(1, 4, ",", TableColumn);
        var keys = new List<PrimaryKey>();
        if (Maybe())
        {
            Write(",");
            Words("PRIMARY KEY");
            Write("(");
            var partition = Maybe() ? Parenthesized(1, 3, Name) : [Name()];
            NodeList<string> clustering = [];
            if (Maybe())
            {
                Write(",");
                clustering = Many(1, 3, ",", Name);
            }

            Write(")");
            keys.Add(new PrimaryKey(Anywhere, partition, clustering));
        }

        Write(")");
        NodeList<ColumnOrder> order = [];
        NodeList<Property> properties = [];
        if (Optional("WITH"))
        {
            Words("CLUSTERING ORDER BY");
            order = Parenthesized(1, 2, Order);
            if (Optional("AND"))
            {
                Words("comment");
                Write("=", "'it''s'");
                properties = [new TextProperty(Anywhere, "comment", "it's")];
            }
        }

        return new CreateTableStatement(Anywhere, table, ifNotExists, columns, [.. keys], false, order, properties);
    }

    private TableColumn TableColumn()
    {
        var name = Name();
        var type = Type();
        return new TableColumn(Anywhere, name, type, Optional("STATIC"), null);
    }

    private ColumnOrder Order()
    {
        var column = Name();
        var isDescending = Maybe();
        Words(isDescending ? "DESC" : "ASC");
        return new ColumnOrder(Anywhere, column, isDescending);
    }
}
