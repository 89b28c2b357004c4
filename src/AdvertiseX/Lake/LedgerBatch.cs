namespace AdvertiseX.Lake;

/// <summary>One commit unit: everything that becomes true together.</summary>
/// <param name="Streams">What was read, one entry a stream.</param>
/// <param name="Files">What was staged for all tables and rejects.</param>
/// <param name="JudgedAt">
/// Ledger version against which duplicates were judged: the tables at that version plus its staged files
/// (<see cref="DataLake.FilesAsync"/> tells it).
/// </param>
internal sealed record LedgerBatch(IReadOnlyList<StreamAdvance> Streams, IReadOnlyList<StagedFile> Files, long JudgedAt)
{
    /// <summary>One per batch; stays the same when the batch is trimmed and judged again.</summary>
    public string BatchId { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>Set when the batch corrects earlier ones.</summary>
    public LedgerCorrection? Correction { get; init; }
}
