using Ilium.Embedded.Server;
using Ilium.Embedded.Values;

namespace Ilium.Embedded.Execution;

/// <summary>Checks what clients bind against the types of the markers.</summary>
internal static class BoundValues
{
    internal static void Check(ResultColumns variables, byte[]?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value && !ReferenceEquals(value, QueryOptions.Unset) && Validation.Fault(variables.Columns[i].Type, value) is { } fault)
            {
                throw CqlError.Invalid(fault);
            }
        }
    }
}
