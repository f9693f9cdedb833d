using CsCheck;
using Ilium.Embedded.Storage;

namespace Ilium.Embedded.Tests.Storage;

public class ChunkedListTests
{
    private sealed class Item(int value)
    {
        public int Value { get; } = value;
    }

    private readonly struct Probe(int value) : IProbe<Item>
    {
        public int Compare(Item item) => item.Value.CompareTo(value);
    }

    private static List<int> Content(ChunkedList<Item> list)
    {
        var content = new List<int>();
        for (var position = ChunkedList<Item>.First; list.TryGet(position, out var item); position = list.Next(position))
        {
            content.Add(item.Value);
        }

        return content;
    }

    /// <summary>Whatever comes and goes, it holds what a sorted set holds, forwards, backwards and from each place.</summary>
    [Fact]
    public void It_holds_what_a_sorted_set_holds() => Gen.Int[0, 3000].Array[0, 4000].Sample(
        values =>
        {
            var list = new ChunkedList<Item>();
            var model = new SortedSet<int>();
            for (var i = 0; i < values.Length; i++)
            {
                var found = list.Find(new Probe(values[i]), out var position);
                Assert.Equal(model.Contains(values[i]), found is not null);
                if (found is null)
                {
                    list.Insert(position, new Item(values[i]));
                    model.Add(values[i]);
                }
                else if (i % 3 == 0)
                {
                    list.RemoveAt(position);
                    model.Remove(values[i]);
                }
            }

            Assert.Equal(model, Content(list));
            Assert.Equal(model.Count, list.Count);
            var backwards = new List<int>();
            var at = list.End;
            while (list.TryPrevious(ref at) && list.TryGet(at, out var item))
            {
                backwards.Add(item.Value);
            }

            Assert.Equal(model.Reverse(), backwards);
        },
        iter: 100);

    [Fact]
    public void Items_in_order_fill_it()
    {
        var list = new ChunkedList<Item>();
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Null(list.Find(new Probe(i), out var position));
            list.Insert(position, new Item(i));
        }

        Assert.Equal(Enumerable.Range(0, 10_000), Content(list));
    }
}
