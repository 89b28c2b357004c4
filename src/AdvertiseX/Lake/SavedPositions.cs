namespace AdvertiseX.Lake;

/// <summary>A <see cref="LedgerState"/> as it is saved.</summary>
internal sealed record SavedPositions(
    long Version,
    IReadOnlyList<StreamPosition> Streams,
    Dictionary<string, long> LastStaged
);
