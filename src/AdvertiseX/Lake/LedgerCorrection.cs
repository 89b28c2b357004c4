namespace AdvertiseX.Lake;

/// <summary>Why a batch is a correction of what earlier ones wrote.</summary>
/// <param name="Kind">Such as replay, erase, tail, retention.</param>
/// <param name="ParentBatchId">The batch that is corrected, where it is one.</param>
internal sealed record LedgerCorrection(string Kind, string? ParentBatchId = null)
{
    /// <summary>
    /// The kind that settles the unterminated last record of a file that grew: either it only got its end, and the
    /// position moves past it, or it goes on, and its counts and rows are taken back
    /// (<c>docs/decisions/030-unterminated-tail.md</c>).
    /// </summary>
    public const string TailKind = "tail";

    /// <summary>The kind that passes over positions of a stream whose records were removed before they were
    /// read.</summary>
    public const string RetentionKind = "retention";
}
