namespace AdvertiseX.Lake;

/// <summary>A stream that a batch read from another position than the ledger's.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="From">Where the batch began.</param>
/// <param name="Recorded">Where the ledger stands.</param>
internal readonly record struct StreamConflict(string Stream, long From, long Recorded);
