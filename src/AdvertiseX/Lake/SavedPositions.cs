namespace AdvertiseX.Lake;

/// <summary>A <see cref="LedgerState"/> as it is saved.</summary>
internal sealed record SavedPositions(
    long Version,
    IReadOnlyList<StreamPosition> Streams,
    Dictionary<string, long> LastStaged
)
{
    /// <summary>Versions that staged files and that nobody had seen applied, by table; null in older states, whose last
    /// ones alone may be unapplied.</summary>
    public Dictionary<string, IReadOnlyList<long>>? Staged { get; init; }

    /// <summary>The objects that hold the streams which are not in <see cref="Streams"/>; null for none.</summary>
    public IReadOnlyList<SavedSegment>? Archive { get; init; }
}
