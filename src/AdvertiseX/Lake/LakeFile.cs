using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>A file with rows of a table.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Path">Path relative to the table's folder.</param>
/// <param name="Address">Where a query engine in this process reads it.</param>
/// <param name="EventDate">The partition's date, null for none.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="StatsJson">Statistics as Delta has them, or null.</param>
/// <param name="StagedBy">Ledger version that staged it when it is not in the table yet; null when it is.</param>
internal sealed record LakeFile(
    string Table,
    string Path,
    string Address,
    DateOnly? EventDate,
    long Rows,
    long SizeBytes,
    string? StatsJson,
    long? StagedBy
)
{
    private static readonly int EpochDay = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Statistics as Delta has them, or null.</summary>
    public string? StatsJson
    {
        get => Add?.Stats ?? field;
    } = StatsJson;

    /// <summary>The file as the table's log has it, which then has the statistics; null for one that was
    /// staged.</summary>
    public AddFile? Add { get; init; }

    /// <summary>Hash of its bytes; null where it is not known.</summary>
    public string? Hash
    {
        get => Add?.Hash ?? field;
        init;
    }

    /// <summary>The first and the last ledger version that it has rows of; null where its writer did not note
    /// it.</summary>
    public LedgerRange? Ledger { get; init; }

    /// <summary>Times of its events as its statistics say.</summary>
    public TimeRange EventTimes
    {
        get => field ??= TimeRange.Of(StatsJson, AddFile.TimeColumn);
        init;
    }

    /// <summary>Days of its rows, the first and the last, as days since 1970 UTC: its partition's, or those of its
    /// times.</summary>
    public (int First, int Last) Days
    {
        get
        {
            if (EventDate is { } date)
                return (DayOf(date), DayOf(date));
            return EventTimes == TimeRange.Any
                ? (int.MinValue, int.MaxValue)
                : (DayOf(EventTimes.Least), DayOf(EventTimes.Greatest));
        }
    }

    /// <summary>Its key in the lake's store.</summary>
    public string Key => LakeTable.KeyOf(Table, Path);

    /// <summary>A date as days since 1970 UTC.</summary>
    public static int DayOf(DateOnly date) => date.DayNumber - EpochDay;

    /// <summary>The UTC day of a time, as days since 1970.</summary>
    public static int DayOf(long micros) =>
        DayOf(DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond)));

    /// <summary>Files in their order, as many at once as have together no more than so many rows, and one at
    /// least.</summary>
    public static IEnumerable<IReadOnlyList<LakeFile>> Portions(IEnumerable<LakeFile> files, long mostRows)
    {
        var portion = new List<LakeFile>();
        long rows = 0;
        foreach (var file in files)
        {
            if (portion.Count > 0 && rows + file.Rows > mostRows)
            {
                yield return portion;
                (portion, rows) = ([], 0);
            }

            portion.Add(file);
            rows += file.Rows;
        }

        if (portion.Count > 0)
            yield return portion;
    }
}
