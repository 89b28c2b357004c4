namespace AdvertiseX.Lake;

/// <summary>
/// Which rows of a table the filters hold: those of every ledger version up to one, and of files whose versions nobody
/// noted. Derived; without it the filters are made anew from the sidecars. Immutable.
/// </summary>
/// <param name="version">The last ledger version covered; -1 for none.</param>
/// <param name="older">Lists of the filters of the oldest rows, which stay as they are.</param>
/// <param name="newer">The other filters, the oldest rows first.</param>
/// <param name="unversioned">Paths of files without versions that are covered too.</param>
internal sealed class KeyCoverage(
    long version,
    IReadOnlyList<FilterList> older,
    IReadOnlyList<KeyFilter> newer,
    IReadOnlyList<string> unversioned
)
{
    public static readonly KeyCoverage None = new(-1, [], [], []);

    public long Version => version;

    public IReadOnlyList<FilterList> Older => older;

    public IReadOnlyList<KeyFilter> Newer => newer;

    public IReadOnlyList<string> Unversioned => unversioned;

    /// <summary>All filters, the oldest rows first.</summary>
    public IReadOnlyList<KeyFilter> Filters { get; } =
        older.Count == 0 ? newer : [.. older.SelectMany(list => list.Filters), .. newer];

    /// <summary>Whether the filters hold all rows of a file.</summary>
    public bool Covers(LakeFile file) =>
        file.Ledger is { } ledger ? ledger.Last <= Version : Unversioned.Contains(file.Path, StringComparer.Ordinal);
}
