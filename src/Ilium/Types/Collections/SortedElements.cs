using System.Buffers.Binary;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>
/// Puts the elements of a set and the entries of a map that were just written into the server's order. The server does so itself with a whole column, but
/// not with a set or map inside a tuple or user-defined type: there the same set in two orders would be two values, and a row whose key has one is not
/// found by the other. It is also the form that tokens are computed of.
/// </summary>
internal static class SortedElements
{
    /// <param name="writer">Where the set or map is the last thing that was written.</param>
    /// <param name="start">Where its count is.</param>
    /// <param name="type">The set or map.</param>
    /// <param name="key">The type of the elements or keys.</param>
    /// <exception cref="InvalidValueException">A map has one key twice.</exception>
    internal static void Arrange(CqlWriter writer, int start, CqlType type, CqlType key)
    {
        var content = writer.Written(start, writer.Length - start);
        var parts = type is CqlMapType ? 2 : 1;
        if (!IsSorted(content, parts, key))
        {
            Sort(writer, start, content.ToArray(), type, key, parts);
        }
    }

    private static bool IsSorted(ReadOnlySpan<byte> content, int parts, CqlType key)
    {
        var position = sizeof(int);
        var previous = default(Range);
        for (var count = BinaryPrimitives.ReadInt32BigEndian(content); count > 0; count--)
        {
            var current = KeyAt(content, position);
            if (previous.End.Value > 0 && ServerOrder.Compare(key, content[previous], content[current]) >= 0)
            {
                return false;
            }

            previous = current;
            position = EndOf(content, position, parts);
        }

        return true;
    }

    private static void Sort(CqlWriter writer, int start, byte[] content, CqlType type, CqlType key, int parts)
    {
        var entries = new (Range Key, Range Whole)[BinaryPrimitives.ReadInt32BigEndian(content)];
        var position = sizeof(int);
        for (var i = 0; i < entries.Length; i++)
        {
            var end = EndOf(content, position, parts);
            entries[i] = (KeyAt(content, position), position..end);
            position = end;
        }

        // By place where two are the same: the first stays.
        Array.Sort(entries, (left, right) =>
        {
            var order = ServerOrder.Compare(key, content.AsSpan(left.Key), content.AsSpan(right.Key));
            return order != 0 ? order : left.Whole.Start.Value.CompareTo(right.Whole.Start.Value);
        });

        writer.Truncate(start);
        writer.WriteInt32(0);
        var count = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            if (i == 0 || ServerOrder.Compare(key, content.AsSpan(entries[i - 1].Key), content.AsSpan(entries[i].Key)) != 0)
            {
                writer.WriteRaw(content.AsSpan(entries[i].Whole));
                count++;
            }
            else if (parts > 1)
            {
                throw CodecErrors.KeyTwice(type, i);
            }
        }

        BinaryPrimitives.WriteInt32BigEndian(writer.Written(start, sizeof(int)), count);
    }

    private static Range KeyAt(ReadOnlySpan<byte> content, int position)
    {
        var begin = position + sizeof(int);
        return begin..(begin + BinaryPrimitives.ReadInt32BigEndian(content[position..]));
    }

    private static int EndOf(ReadOnlySpan<byte> content, int position, int parts)
    {
        for (var i = 0; i < parts; i++)
        {
            position = KeyAt(content, position).End.Value;
        }

        return position;
    }
}
