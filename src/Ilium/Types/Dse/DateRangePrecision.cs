namespace Ilium.Dse;

/// <summary>How long the time is that one date of a <see cref="DateRange"/> means.</summary>
public enum DateRangePrecision
{
    /// <summary>A whole year.</summary>
    Year,

    /// <summary>A whole month.</summary>
    Month,

    /// <summary>A whole day.</summary>
    Day,

    /// <summary>A whole hour.</summary>
    Hour,

    /// <summary>A whole minute.</summary>
    Minute,

    /// <summary>A whole second.</summary>
    Second,

    /// <summary>A millisecond.</summary>
    Millisecond,
}
