using System.Text;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Bench;

/// <summary>
/// The logs of a lake after a year of commits every two seconds: the ledger and the impressions, each with a
/// checkpoint, a thousand commits after it, and those of seven days before it. The data files are named and not there.
/// </summary>
internal sealed class YearOfCommits(string folder, int files)
{
    private const int Tail = 1_000;
    private const long SecondsOfYear = 365 * 86_400L;
    private const long Checkpoint = SecondsOfYear / 2;
    private const int SevenDays = 7 * 43_200;
    private const int LinksOfOne = 30_000;
    private const int KnownStreams = 5_000;
    private static readonly DateOnly Last = new(2025, 12, 31);

    private readonly string _statistics = StatisticsOf(SyntheticImpressions.Create(2_000, 1));

    public async Task MakeAsync()
    {
        DateTimeOffset now;
        using (var lake = await DataLake.OpenAsync(folder, create: true))
        {
            now = lake.Clock.GetUtcNow();
            foreach (var (name, count) in new[] { ("impressions", files), (IngestLedger.TableName, 400) })
                await CheckpointAsync(lake, lake.AllTables.Single(table => table.Name == name), count);
            for (var version = Checkpoint + 1; version <= Checkpoint + Tail; version++)
                await CommitAsync(lake, version, now);
            await lake.Store.PutAsync(
                $"{IngestLedger.TableName}/_positions/{Checkpoint:D20}.json",
                LedgerJson.Write(PositionsOf(Checkpoint))
            );
        }
        foreach (var table in new[] { "impressions", IngestLedger.TableName })
            LinkOlder(Path.Combine(folder, table, "_delta_log"));
    }

    private static string StatisticsOf(AdvertiseX.Columns.ColumnBatch batch)
    {
        using (batch)
        {
            var rows = Enumerable.Range(0, batch.Rows).ToArray();
            return AdvertiseX.Parquet.ParquetFileWriter.Write(Stream.Null, batch, rows, new()).StatsJson;
        }
    }

    private Task CheckpointAsync(DataLake lake, LakeTable table, int count)
    {
        var isDated = table.Delta.Latest.Metadata.PartitionColumns.Count > 0;
        return SimulatedLog.CheckpointAsync(
            lake,
            table,
            Checkpoint,
            Enumerable
                .Range(0, count)
                .Select(i => (DateOnly?)(isDated ? Last.AddDays(-364 + (int)(i * 365L / count)) : null))
                .Select((date, i) => AddOf(LakeTable.NewFilePath(date), date, i))
        );
    }

    private AddFile AddOf(string path, DateOnly? date, long ledger) =>
        SimulatedLog.AddOf(path, date, new(ledger, ledger), date is null ? "{\"numRecords\":1}" : _statistics);

    /// <summary>A ledger commit and its application, each in place of one that a writer made.</summary>
    private async Task CommitAsync(DataLake lake, long version, DateTimeOffset now)
    {
        var staged = new StagedFile(
            "impressions",
            LakeTable.NewFilePath(Last),
            Last,
            2_000,
            50_000,
            _statistics,
            $"{Guid.NewGuid():N}"
        );
        var path = $"/var/spool/impressions/{version}.json";
        var counts = new LedgerCounts("impressions", 2_000, 2_000, 0, 0, 0, new Dictionary<string, long>());
        var stream = new StreamAdvance(path, 0, 800_000, [counts])
        {
            File = new(path, "xxh64:0123456789abcdef", 800_000),
            Bytes = 800_000,
            Seconds = 0.01,
        };
        var entry = new LedgerEntry(version, $"{Guid.NewGuid():N}", now, [stream], [staged], null);
        var ledger = new DeltaChange("WRITE")
        {
            Adds = [AddOf(LakeTable.NewFilePath(null), null, version)],
            Payload = LedgerJson.Write(entry),
        };
        var table = lake.Table("impressions");
        var applied = new DeltaChange("WRITE")
        {
            Adds = [LakeTable.AddOf(staged, table.Delta.Latest.Metadata, now, new(version, version))],
            Transaction = new(DataLake.IngestAppId, version, now.ToUnixTimeMilliseconds()),
            Parameters = new Dictionary<string, string?> { ["mode"] = "Append", ["batchId"] = entry.BatchId },
        };
        await PutAsync(lake.Ledger.Delta.Log.CommitKey(version), DeltaJson.Lines(ledger.Actions(now)));
        await PutAsync(table.Delta.Log.CommitKey(version), DeltaJson.Lines(applied.Actions(now)));
    }

    private static LedgerState PositionsOf(long version)
    {
        var state = LedgerState.Empty;
        for (var i = 0; i < KnownStreams; i++)
        {
            var path = $"/var/spool/impressions/{version - i}.json";
            var stream = new StreamAdvance(path, 0, 800_000, [])
            {
                File = new(path, "xxh64:0123456789abcdef", 800_000),
            };
            state = state.With(version - i, new(version - i, "", DateTimeOffset.UnixEpoch, [stream], [], null));
        }
        return state with { Version = version, LastStaged = state.LastStaged.SetItem("impressions", version) };
    }

    // Not flushed one by one: the bench only reads them.
    private async Task PutAsync(string key, byte[] content) =>
        await File.WriteAllBytesAsync(Path.Combine(folder, key), content);

    /// <summary>Commits of seven days: names that a listing would meet, of few files.</summary>
    private static void LinkOlder(string log)
    {
        var source = Path.Combine(log, $"{Checkpoint + 1:D20}.json");
        for (var i = 0; i < SevenDays; i++)
        {
            var name = Path.Combine(log, $"{Checkpoint - i:D20}.json");
            if (i % LinksOfOne == 0)
                File.Copy(source, source = name);
            else
                PosixFile.Link(source, name);
        }
    }
}
