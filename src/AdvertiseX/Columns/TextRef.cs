namespace AdvertiseX.Columns;

/// <summary>Where a text lies in its column's arena. Length 0 means null: an absent text and an empty one are the
/// same.</summary>
internal readonly struct TextRef(uint start, int length)
{
    public readonly uint Start = start;
    public readonly int Length = length;
}
