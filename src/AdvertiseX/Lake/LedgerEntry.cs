using AdvertiseX.Events;

namespace AdvertiseX.Lake;

/// <summary>One batch as the ledger holds it.</summary>
/// <param name="Version">Version of the ledger commit.</param>
/// <param name="BatchId">The batch's id.</param>
/// <param name="CommittedTime">When its writer committed it, UTC.</param>
/// <param name="Streams">What was read.</param>
/// <param name="Files">What was staged.</param>
/// <param name="Correction">Set when it corrects earlier batches.</param>
internal sealed record LedgerEntry(
    long Version,
    string BatchId,
    DateTimeOffset CommittedTime,
    IReadOnlyList<StreamAdvance> Streams,
    IReadOnlyList<StagedFile> Files,
    LedgerCorrection? Correction
)
{
    /// <summary>The files staged for one table.</summary>
    public IEnumerable<StagedFile> FilesOf(string table) => Files.Where(file => file.Table == table);

    /// <summary>The tables that change by the entry: files join them, or rows of a tail leave them.</summary>
    public IReadOnlySet<string> TouchedTables() =>
        Files.Select(file => file.Table).Concat(FactsLosingRows()).ToHashSet(StringComparer.Ordinal);

    /// <summary>The tables that change when the entry is applied, those of late rows left out.</summary>
    public IReadOnlySet<string> AppliedTables() =>
        Files
            .Where(file => !file.IsLate)
            .Select(file => file.Table)
            .Concat(FactsLosingRows())
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The tables for which it has late rows.</summary>
    public IReadOnlySet<string> LateTables() =>
        Files.Where(file => file.IsLate).Select(file => file.Table).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether rows leave the table: those of the entry's streams at or after its position, which were a
    /// tail's.</summary>
    public bool RemovesFrom(string table) => FactsLosingRows().Contains(table);

    private IEnumerable<string> FactsLosingRows()
    {
        if (Correction?.Kind != LedgerCorrection.TailKind)
            return [];
        var counts = Streams.SelectMany(stream => stream.Counts).ToList();
        var facts = counts.Where(count => count.Accepted < 0).Select(count => count.Kind);
        return counts.Any(count => count.Rejected < 0) ? facts.Append(FactTables.Rejects.Name) : facts;
    }
}
