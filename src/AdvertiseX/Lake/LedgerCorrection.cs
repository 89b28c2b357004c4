namespace AdvertiseX.Lake;

/// <summary>Why a batch is a correction of what earlier ones wrote.</summary>
/// <param name="Kind">Such as replay, erase, tail.</param>
/// <param name="ParentBatchId">The batch that is corrected, where it is one.</param>
public sealed record LedgerCorrection(string Kind, string? ParentBatchId = null);
