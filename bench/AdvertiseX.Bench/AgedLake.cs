using System.Globalization;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;

namespace AdvertiseX.Bench;

/// <summary>
/// A lake whose impressions came at one rate for some days, in commits of eight workers every two seconds: its logs
/// are checkpoints as compaction would leave them, its filters and sidecars hold random keys, its data files are not
/// there.
/// </summary>
/// <param name="folder">Where it is made.</param>
/// <param name="rate">Impressions a second.</param>
/// <param name="days">Its age.</param>
/// <param name="layout">Times of its rows.</param>
/// <param name="keys">Filters and sidecars.</param>
/// <param name="now">When it ends; null for <see cref="Now"/>.</param>
internal sealed class AgedLake(
    string folder,
    int rate,
    int days,
    TimeLayout layout,
    MadeKeys keys,
    DateTimeOffset? now = null
)
{
    /// <summary>Commits a second.</summary>
    public const int Commits = Workers / 2;

    /// <summary>Workers that commit every two seconds.</summary>
    public const int Workers = 8;

    /// <summary>Rows of the stream are late by so many days at most.</summary>
    public const int LateDays = 30;

    /// <summary>When the bench goes on: near the end of a day.</summary>
    public static readonly DateTimeOffset Now = new(2025, 6, 30, 23, 50, 0, TimeSpan.Zero);

    private const string Table = "impressions";
    private const int RowsOfSmall = 300_000;
    private const int SmallFiles = 16;

    // 64 MB are 1.2 million rows: an hour of the slowest rate, and of the others parts of ten minutes of 128 MB.
    private readonly int _rowsOfFile = rate < 2_000 ? rate * 3_600 : 2_400_000;

    private readonly DateTimeOffset _now = now ?? Now;

    private long Last => days * 86_400L * Commits;

    public async Task MakeAsync()
    {
        using var lake = await DataLake.OpenAsync(folder, create: true);
        var files = Files().ToList();
        foreach (var file in files)
            keys.LinkSidecar(file.IsSmall ? RowsOfSmall : _rowsOfFile, In(KeyPaths.SidecarOf(Table, file.Add.Path)));
        await SimulatedLog.CheckpointAsync(lake, lake.Table(Table), Last, files.Select(file => file.Add));
        await SimulatedLog.CheckpointAsync(
            lake,
            lake.AllTables.Single(table => table.Name == IngestLedger.TableName),
            Last,
            [SimulatedLog.AddOf(LakeTable.NewFilePath(null), null, new(0, Last), "{\"numRecords\":1}")]
        );
        var state = LedgerState.Empty with { Version = Last };
        await lake.Store.PutAsync(
            $"{IngestLedger.TableName}/_positions/{Last:D20}.json",
            LedgerJson.Write(state with { LastStaged = state.LastStaged.SetItem(Table, Last) })
        );
        await new KeyCoverageStore(lake.Store, Table).WriteAsync(
            new KeyCoverage(Last, [], [.. Filters().Reverse()], []),
            default
        );
    }

    private string In(string key) => Path.Combine(folder, key);

    private DateTimeOffset TimeOf(long version) => _now.AddSeconds(-(Last - version) / (double)Commits);

    // The newest first, of the sizes that merging leaves.
    private IEnumerable<KeyFilter> Filters()
    {
        var left = days * 86_400L * rate;
        for (var i = 0; left > 0; i++)
        {
            var count = Math.Min(left, 1L << (i < 9 ? 20 + (i / 3 * 2) : 26));
            var (first, last) = (VersionAt(left - count), VersionAt(left));
            var key = KeyPaths.NewFilter(Table);
            keys.LinkFilter(count, In(key));
            var from = LakeFile.DayOf(DateOnly.FromDateTime(TimeOf(first).UtcDateTime)) - LateDays;
            var to = LakeFile.DayOf(DateOnly.FromDateTime(TimeOf(last).UtcDateTime));
            yield return new(key, count, first + 1, last, [.. Enumerable.Range(from, to - from + 1)], TimeOf(first));
            left -= count;
        }

        long VersionAt(long row) => row * Commits / rate;
    }

    private IEnumerable<(AddFile Add, bool IsSmall)> Files()
    {
        for (long version = 0; version < Last; )
        {
            var next = Math.Min(Last, version + ((long)_rowsOfFile * Commits / rate));
            yield return (AddOf(TimeOf(version), TimeOf(next), new(version + 1, next), _rowsOfFile), false);
            version = next;
        }

        var today = new DateTimeOffset(_now.UtcDateTime.Date, TimeSpan.Zero);
        for (var date = today.AddDays(-LateDays); date < today; date = date.AddDays(1))
        for (var i = 0; i < SmallFiles; i++)
            yield return (AddOf(date, date.AddDays(1).AddSeconds(-1), new(1, Last), RowsOfSmall), true);
        // Not yet cut.
        for (var i = 0; layout == TimeLayout.Campaigns && i < 3; i++)
            yield return (AddOf(today, _now, new(1, Last), _rowsOfFile), false);
    }

    private AddFile AddOf(DateTimeOffset least, DateTimeOffset greatest, LedgerRange ledger, int rows)
    {
        var date = DateOnly.FromDateTime(least.UtcDateTime);
        if (layout == TimeLayout.Days)
            least = greatest = new(date.ToDateTime(default), TimeSpan.Zero);
        return SimulatedLog.AddOf(
            LakeTable.NewFilePath(date),
            date,
            ledger,
            $"{{\"numRecords\":{rows},\"minValues\":{{\"event_time\":\"{Text(least)}\"}},\"maxValues\":{{\"event_time\":\"{Text(greatest)}\"}}}}"
        );
    }

    private static string Text(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
