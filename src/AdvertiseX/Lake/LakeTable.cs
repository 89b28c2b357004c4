using System.Collections.Concurrent;
using System.Globalization;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>One table of a lake. Safe for many threads.</summary>
internal sealed class LakeTable
{
    /// <summary>The column by which facts are partitioned.</summary>
    public const string PartitionColumn = AddFile.DateColumn;

    /// <summary>The column with the times of facts.</summary>
    public const string TimeColumn = AddFile.TimeColumn;

    private readonly IObjectStore _store;

    // Of each date of the snapshot that was asked for last, by day number.
    private readonly ConcurrentDictionary<int, (AddFile[] Adds, LakeFile[] Files)> _dates = [];

    internal LakeTable(string name, DeltaTable delta, IObjectStore store)
    {
        Name = name;
        Delta = delta;
        _store = store;
    }

    public string Name { get; }

    /// <summary>The table's log.</summary>
    public DeltaTable Delta { get; }

    /// <summary>A path of its own for a new file of a partition (null: none), relative to the table's folder.</summary>
    public static string NewFilePath(DateOnly? date)
    {
        var name = $"part-{Guid.NewGuid():N}.parquet";
        return date is { } day ? $"{PartitionColumn}={DateText(day)}/{name}" : name;
    }

    /// <summary>Key of a file of this table in the lake's store.</summary>
    public string KeyOf(string path) => KeyOf(Name, path);

    internal static string KeyOf(string table, string path) => $"{table}/{path}";

    /// <summary>Whether a key below a table's folder may be a file of the table: Parquet, in no folder of a log. What
    /// other programs leave there (checksums, marks) is none.</summary>
    internal static bool IsDataFile(string key) =>
        key.EndsWith(".parquet", StringComparison.Ordinal)
        && !key.Split('/').Any(part => part.StartsWith('_') || part.StartsWith('.'));

    /// <summary>Where an engine reads or writes a file of this table.</summary>
    public string AddressOf(string path) => _store.AddressOf(KeyOf(path));

    /// <summary>The table in one line, at the version read last.</summary>
    public TableSummary Summary()
    {
        var snapshot = Delta.Latest;
        var dates = snapshot.Files.Values.Select(file => file.EventDate).Where(date => date is not null).ToList();
        return new(
            Name,
            snapshot.Version,
            snapshot.Files.Count,
            snapshot.Files.Values.Sum(file => file.Rows ?? 0),
            snapshot.Files.Values.Sum(file => file.SizeBytes),
            dates.Min(),
            dates.Max()
        );
    }

    /// <summary>The live files of a snapshot of this table, of all dates or some, by date and path.</summary>
    public IReadOnlyList<LakeFile> FilesOf(DeltaSnapshot snapshot, IReadOnlySet<DateOnly>? dates = null) =>
        [.. PartsOf(snapshot, dates).SelectMany(part => part)];

    /// <summary>The same, those of each date by themselves. The array of a date is the same one as long as its files
    /// are; nobody may change it.</summary>
    public IEnumerable<LakeFile[]> PartsOf(DeltaSnapshot snapshot, IReadOnlySet<DateOnly>? dates = null)
    {
        var byDate = snapshot.Files.ByDate;
        foreach (var date in dates is null ? byDate.Dates : dates.Order().Select(date => (DateOnly?)date))
            if (byDate.On(date) is { Length: > 0 } adds)
                yield return FilesOf(date, adds);
    }

    /// <summary>Whether every file of a snapshot is still there; vacuum deletes those of old versions.</summary>
    public async ValueTask<bool> HasFilesAsync(DeltaSnapshot snapshot, CancellationToken cancellation)
    {
        foreach (var path in snapshot.Files.Keys)
        {
            if (await _store.FindAsync(KeyOf(path), cancellation) is null)
                return false;
        }

        return true;
    }

    // Snapshots follow one another, and most files of a date are those of the snapshot before.
    private LakeFile[] FilesOf(DateOnly? date, AddFile[] adds)
    {
        var day = date?.DayNumber ?? -1;
        var (known, files) = _dates.GetValueOrDefault(day, ([], []));
        if (ReferenceEquals(known, adds))
            return files;
        var made = new LakeFile[adds.Length];
        for (int i = 0, old = 0; i < adds.Length; i++)
        {
            while (old < known.Length && string.CompareOrdinal(known[old].Path, adds[i].Path) < 0)
                old++;
            made[i] = old < known.Length && ReferenceEquals(known[old], adds[i]) ? files[old] : FileOf(adds[i]);
        }

        _dates[day] = (adds, made);
        return made;
    }

    private LakeFile FileOf(AddFile add) =>
        new(Name, add.Path, AddressOf(add.Path), add.EventDate, add.Rows ?? 0, add.SizeBytes, null, null)
        {
            Add = add,
            Ledger = add.Ledger,
            EventTimes = add.EventTimes,
        };

    internal LakeFile Staged(StagedFile file, long ledgerVersion) =>
        new(
            Name,
            file.Path,
            AddressOf(file.Path),
            file.PartitionDate,
            file.Rows,
            file.SizeBytes,
            file.StatsJson,
            ledgerVersion
        )
        {
            Ledger = new(ledgerVersion, ledgerVersion),
            Hash = file.Hash,
        };

    /// <param name="ledger">The ledger versions that it has rows of; null for a file that no ledger names.</param>
    internal static AddFile AddOf(
        StagedFile file,
        TableMetadata table,
        DateTimeOffset now,
        LedgerRange? ledger = null
    ) =>
        new(
            file.Path,
            PartitionOf(file.PartitionDate, table),
            file.SizeBytes,
            now.ToUnixTimeMilliseconds(),
            true,
            file.StatsJson ?? $"{{\"numRecords\":{file.Rows}}}"
        )
        {
            Tags = AddFile.TagsOf(file.Hash, ledger),
        };

    /// <summary>Whether files with these columns can have every encoding of Parquet's version 2
    /// (<c>docs/decisions/035-files-that-duckdb-writes.md</c>).</summary>
    internal static bool CanBeVersion2(IEnumerable<DeltaColumn> columns) =>
        columns.All(column => column.Type != DeltaType.Double);

    internal static Dictionary<string, string?> PartitionOf(DateOnly? date, TableMetadata table) =>
        table.PartitionColumns.ToDictionary(
            column => column,
            _ => date is { } day ? DateText(day) : null,
            StringComparer.Ordinal
        );

    private static string DateText(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
