using System.Buffers.Binary;
using Ilium.Embedded.Server;

namespace Ilium.Embedded.Execution.Functions;

/// <summary>How alike two vectors of floats are: 1 for the same, towards 0 for the opposite, as SAI scores them.</summary>
internal static class Vectors
{
    internal static float Similarity(string function, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        double dot = 0;
        double leftSquares = 0;
        double rightSquares = 0;
        double distance = 0;
        for (var i = 0; i + 4 <= left.Length; i += 4)
        {
            var l = BinaryPrimitives.ReadSingleBigEndian(left[i..]);
            var r = BinaryPrimitives.ReadSingleBigEndian(right[i..]);
            dot += (double)l * r;
            leftSquares += (double)l * l;
            rightSquares += (double)r * r;
            distance += ((double)l - r) * ((double)l - r);
        }

        switch (function.ToLowerInvariant())
        {
            case "cosine":
                if (leftSquares == 0 || rightSquares == 0)
                {
                    throw CqlError.Invalid("Function system.similarity_cosine doesn't support all-zero vectors.");
                }

                return (float)((1 + dot / Math.Sqrt(leftSquares * rightSquares)) / 2);
            case "euclidean":
                return (float)(1 / (1 + distance));
            default:
                return (float)((1 + dot) / 2);
        }
    }
}
