using System.Collections.Immutable;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Definitions;

/// <summary>A statement that gives rows it makes when it runs.</summary>
internal sealed class RowsStatement(ImmutableArray<ResultColumn> columns, Func<RequestContext, IEnumerable<byte[]?[]>> rows) : CompiledStatement
{
    private readonly ResultColumns _columns = new(columns);

    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        var count = 0;
        foreach (var row in rows(context))
        {
            count++;
            foreach (var value in row)
            {
                if (value is null)
                {
                    context.Rows.WriteInt32(-1);
                }
                else
                {
                    context.Rows.WriteBytes(value);
                }
            }
        }

        return new RowsResult(_columns, context.Rows, count, null) { HasOwnColumns = true };
    }
}

/// <summary>A statement that does something and gives nothing.</summary>
internal sealed class ActionStatement(Action<RequestContext> action) : CompiledStatement
{
    internal override StatementResult Run(QueryOptions options, RequestContext context)
    {
        action(context);
        return VoidResult.Instance;
    }
}
