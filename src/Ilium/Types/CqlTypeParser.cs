using System.Globalization;

namespace Ilium.Types;

/// <summary>Stand-in until the parser of class names arrives: vectors of a few elements, everything else by name.</summary>
internal static class CqlTypeParser
{
    private const string Marshal = "org.apache.cassandra.db.marshal.";
    private const string VectorStart = Marshal + "VectorType(";

    internal static CqlType FromClassName(string className)
    {
        var comma = className.LastIndexOf(',');
        if (className.StartsWith(VectorStart, StringComparison.Ordinal)
            && className.EndsWith(')')
            && comma > VectorStart.Length
            && int.TryParse(className.AsSpan(comma + 1, className.Length - comma - 2), CultureInfo.InvariantCulture, out var dimensions)
            && dimensions > 0)
        {
            return new CqlVectorType(FromClassName(className[VectorStart.Length..comma].Trim()), dimensions);
        }

        return className switch
        {
            Marshal + "FloatType" => CqlType.Float,
            Marshal + "DoubleType" => CqlType.Double,
            Marshal + "Int32Type" => CqlType.Int,
            Marshal + "UTF8Type" => CqlType.Text,
            _ => new CqlCustomType(className),
        };
    }
}
