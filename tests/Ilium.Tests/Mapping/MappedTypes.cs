using System.Collections.Immutable;

namespace Ilium.Tests.Mapping;

[CqlRow]
internal sealed partial record Person(string Name, int Age);

[CqlRow]
internal readonly partial record struct PersonValue(string Name, int Age, long? Score = null);

[CqlRow]
internal sealed partial record Defaults(string Name, int Age = 18, string? Note = "none", DayOfWeek Day = DayOfWeek.Friday, [CqlIgnore] double Rest = 0.5);

[CqlRow]
internal sealed partial class Settings
{
    public required string Name { get; init; }

    public int Age { get; set; } = 18;

    public string? Note { get; init; } = "none";

    public long Score { get; private set; } = 7;

    [CqlIgnore]
    public int Ignored { get; set; } = 1;

    [CqlName("createdAt")]
    internal long Created { get; set; }

    public bool Flag;

    public string Computed => Name + Age;

    public static int Static { get; set; }
}

[CqlRow]
internal partial struct Point
{
    public Point()
    {
    }

    public double X { get; init; } = 1.5;

    public double Y { get; init; } = 2.5;

    [CqlName("z")]
    private int _z = 3;

    internal readonly int Depth => _z;
}

[CqlRow]
internal sealed partial class Pair<TFirst, TSecond>
    where TFirst : notnull
{
    public TFirst First { get; init; } = default!;

    public TSecond? Second { get; init; }
}

internal abstract class Entity<TKey>
    where TKey : struct
{
    public required TKey Id { get; init; }

    public virtual string Kind { get; set; } = "base";

    public long Version { get; init; } = 9;
}

[CqlRow]
internal sealed partial class Product : Entity<Guid>
{
    public override string Kind { get; set; } = "product";

    public decimal? Price { get; set; }
}

[CqlRow]
internal sealed partial class Collections
{
    public HashSet<string> Tags { get; set; } = ["old"];

    public IReadOnlyList<int> Scores { get; set; } = [];

    public Dictionary<string, int>? Counts { get; set; } = [];

    public ImmutableArray<int> Parts { get; set; }

    public float[]? Unused { get; set; }
}

internal sealed partial class Outer<T>
{
    internal partial interface IMiddle
    {
        [CqlRow]
        internal sealed partial class Inner(T value)
        {
            public T Value => value;
        }
    }
}
