namespace AdvertiseX.Lake;

/// <summary>The files that hold a table at one ledger version.</summary>
/// <param name="ledgerVersion">Everything that the ledger decided up to it is in, applied or not; nothing later
/// is.</param>
/// <param name="tableVersion">Version of the table.</param>
/// <param name="parts">The files in groups, none of them empty: those of each date, and those that are not in the table
/// yet. The array of a date is the same one as long as the date's files are; nobody may change it.</param>
internal sealed class LakeFiles(long ledgerVersion, long tableVersion, IReadOnlyList<LakeFile[]> parts)
{
    public long LedgerVersion => ledgerVersion;

    public long TableVersion => tableVersion;

    public IReadOnlyList<LakeFile[]> Parts => parts;

    /// <summary>All files.</summary>
    public IReadOnlyList<LakeFile> Files => field ??= [.. parts.SelectMany(part => part)];
}
