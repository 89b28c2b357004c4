namespace AdvertiseX.Parquet;

/// <summary>Smallest and largest value of a column, numbers or bytes.</summary>
internal readonly record struct ValueBounds
{
    /// <summary>Whether there are any.</summary>
    public bool Known { get; private init; }

    public long Min { get; private init; }

    public long Max { get; private init; }

    /// <summary>Bytes of the smallest text, cut off where long; null for numbers.</summary>
    public TextBound? MinText { get; private init; }

    /// <summary>Bytes not below the largest text; null for numbers, or when no short text is above it.</summary>
    public TextBound? MaxText { get; private init; }

    public static ValueBounds Of(long min, long max) =>
        new()
        {
            Known = true,
            Min = min,
            Max = max,
        };

    public static ValueBounds Of(TextBound min, TextBound? max) =>
        new()
        {
            Known = true,
            MinText = min,
            MaxText = max,
        };

    /// <summary>Bounds of both.</summary>
    public ValueBounds With(ValueBounds other)
    {
        if (!Known)
            return other;
        if (!other.Known)
            return this;
        if (MinText == null || other.MinText == null)
            return Of(Math.Min(Min, other.Min), Math.Max(Max, other.Max));
        var min = MinText.CompareTo(other.MinText) <= 0 ? MinText : other.MinText;
        var max =
            MaxText == null || other.MaxText == null ? null
            : MaxText.CompareTo(other.MaxText) >= 0 ? MaxText
            : other.MaxText;
        return Of(min, max);
    }
}
