namespace AdvertiseX.Lake;

/// <summary>What became of a batch.</summary>
internal abstract record LedgerResult
{
    private LedgerResult() { }

    /// <summary>The batch is in the ledger, and its verdicts are final.</summary>
    /// <param name="Version">Ledger version of it.</param>
    public sealed record Committed(long Version) : LedgerResult;

    /// <summary>
    /// Others were first; nothing of the batch happened. Trim the raced streams to what the ledger does not have yet,
    /// judge duplicates again against the files of <paramref name="Since"/>, and commit again with
    /// <paramref name="LedgerVersion"/> as the version judged at.
    /// </summary>
    /// <param name="Streams">Streams whose position is another; may be none.</param>
    /// <param name="Since">Batches committed since the batch was judged that share a table with it.</param>
    /// <param name="LedgerVersion">Ledger version that was met.</param>
    public sealed record Raced(
        IReadOnlyList<StreamConflict> Streams,
        IReadOnlyList<LedgerEntry> Since,
        long LedgerVersion
    ) : LedgerResult;
}
