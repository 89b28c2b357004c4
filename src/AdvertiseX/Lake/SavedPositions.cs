namespace AdvertiseX.Lake;

/// <summary>A <see cref="LedgerState"/> as it is saved.</summary>
internal sealed record SavedPositions(
    long Version,
    IReadOnlyList<StreamPosition> Streams,
    Dictionary<string, long> LastStaged
)
{
    /// <summary>The objects that hold the streams which are not in <see cref="Streams"/>; null for none.</summary>
    public IReadOnlyList<SavedSegment>? Archive { get; init; }
}
