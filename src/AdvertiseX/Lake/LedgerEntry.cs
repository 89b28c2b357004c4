namespace AdvertiseX.Lake;

/// <summary>One batch as the ledger holds it.</summary>
/// <param name="Version">Version of the ledger commit.</param>
/// <param name="BatchId">The batch's id.</param>
/// <param name="CommittedTime">When its writer committed it, UTC.</param>
/// <param name="Streams">What was read.</param>
/// <param name="Files">What was staged.</param>
/// <param name="Correction">Set when it corrects earlier batches.</param>
public sealed record LedgerEntry(
    long Version, string BatchId, DateTimeOffset CommittedTime, IReadOnlyList<StreamAdvance> Streams,
    IReadOnlyList<StagedFile> Files, LedgerCorrection? Correction)
{
    /// <summary>The files staged for one table.</summary>
    public IEnumerable<StagedFile> FilesOf(string table) => Files.Where(file => file.Table == table);
}
