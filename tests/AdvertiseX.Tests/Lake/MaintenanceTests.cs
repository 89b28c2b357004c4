using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Maintenance;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Lake;

public sealed class MaintenanceTests : IDisposable
{
    private readonly TestLake _test = new();
    private readonly MovedClock _clock = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Many_small_files_of_a_partition_become_one_ordered_file_with_the_same_rows()
    {
        using var lake = await OpenAsync();
        for (var batch = 0; batch < 6; batch++)
            await TestRows.CommitAsync(lake, "s", batch * 20, batch * 20 + 20);
        await TestRows.CommitAsync(lake, "s", 120, 140, TestLake.Day.AddDays(1));
        await lake.ApplyAsync();
        var before = Rows(lake, "impressions");

        using var engine = new DuckDbEngine();
        var reports = await Compaction.RunAsync(lake, engine, new() { MinFiles = 3 });
        Assert.Equal(["impressions", "ingest_ledger", "rejects"], reports.Select(report => report.Table).Order());
        Assert.Equal((6, 1, 108), (reports[0].Before, reports[0].After, reports[0].Rows));
        var files = (await lake.FilesAsync("impressions")).Files;
        Assert.Equal([TestLake.Day, TestLake.Day.AddDays(1)], files.Select(file => file.EventDate!.Value));
        Assert.Equal(
            """{"numRecords":108,"minValues":{"stream_offset":0},"maxValues":{"stream_offset":117},"nullCount":{"stream_offset":0}}""",
            files[0].StatsJson
        );
        Assert.Equal(before, Rows(lake, "impressions"));
        Assert.Equal(
            1,
            Scalar(
                lake,
                $"SELECT count(*) FROM (SELECT campaign_id < lag(campaign_id) OVER (ORDER BY file_row_number) AS back FROM read_parquet({SqlDialect.DuckDb.Text(files[0].Address)}, file_row_number = true)) WHERE back IS NULL OR back"
            )
        );
        Assert.True((await LakeVerifier.RunAsync(lake)).Holds);

        using var again = await OpenAsync();
        Assert.Equal(140, again.Ledger.PositionOf("s"));
        await TestRows.CommitAsync(again, "s", 140, 150);
        await again.ApplyAsync();
        Assert.Equal(135, again.Table("impressions").Summary().Rows);
        Assert.Empty(await Compaction.RunAsync(again, engine, new() { MinFiles = 3 }));
    }

    [Fact]
    public async Task A_merge_is_dropped_when_another_process_merged_first()
    {
        using var lake = await OpenAsync();
        using var other = await OpenAsync();
        for (var batch = 0; batch < 4; batch++)
            await TestRows.CommitAsync(lake, "s", batch * 9, batch * 9 + 9);
        await lake.ApplyAsync();
        using var engine = new DuckDbEngine();
        var late = new LateEngine(
            engine,
            () => Compaction.RunAsync(other, other.Table("impressions"), engine, new() { MinFiles = 2 }).AsTask()
        );
        var report = await Compaction.RunAsync(lake, lake.Table("impressions"), late, new() { MinFiles = 2 });
        Assert.Equal((0, 1), (report.Before, report.Conflicts));
        Assert.Equal(36, (await lake.FilesAsync("impressions")).Files.Single().Rows);
        var onDisk = Directory.GetFiles(
            Path.Combine(_test.Folder, "impressions"),
            "*.parquet",
            SearchOption.AllDirectories
        );
        Assert.Equal(5, onDisk.Length);
    }

    [Fact]
    public async Task Vacuum_removes_only_what_nobody_may_read()
    {
        using var lake = await OpenAsync();
        for (var batch = 0; batch < 4; batch++)
            await TestRows.CommitAsync(lake, "s", batch * 9, batch * 9 + 9);
        await lake.ApplyAsync();
        using var engine = new DuckDbEngine();
        await Compaction.RunAsync(lake, lake.Table("impressions"), engine, new() { MinFiles = 2 });
        var orphan = await TestRows.StageAsync(lake, FactTables.Clicks, "s", 0, 5);

        Assert.Empty((await Vacuum.RunAsync(lake, new(), dryRun: false)).Files);
        _clock.Ahead = TimeSpan.FromDays(3);
        Assert.Empty((await Vacuum.RunAsync(lake, new(), dryRun: false)).Files);
        _clock.Ahead = TimeSpan.FromDays(8);
        var dry = await Vacuum.RunAsync(lake, new(), dryRun: true);
        Assert.Equal(5, dry.Files.Count);
        Assert.Contains(dry.Files, file => file.Key == $"clicks/{orphan.Path}");
        Assert.Equal(5, (await Vacuum.RunAsync(lake, new(), dryRun: false)).Files.Count);
        Assert.Empty((await Vacuum.RunAsync(lake, new(), dryRun: false)).Files);
        Assert.True((await LakeVerifier.RunAsync(lake)).Holds);
    }

    [Fact]
    public async Task A_vacuum_that_is_to_keep_longer_than_checkpoints_name_keeps_what_it_does_not_know()
    {
        using var lake = await OpenAsync();
        for (var batch = 0; batch < 4; batch++)
            await TestRows.CommitAsync(lake, "s", batch * 9, batch * 9 + 9);
        await lake.ApplyAsync();
        using var engine = new DuckDbEngine();
        var table = lake.Table("impressions");
        _clock.Ahead = TimeSpan.FromDays(30);
        await Compaction.RunAsync(lake, table, engine, new() { MinFiles = 2 });
        // The checkpoint forgets the four files at once.
        lake.Retention = new() { Files = TimeSpan.Zero };
        _clock.Ahead += TimeSpan.FromMinutes(1);
        await table.Delta.Checkpoints.WriteAsync(table.Delta.Latest, default);
        Assert.Empty((await table.Delta.ReadRemovedAsync(table.Delta.Latest)).ByPath);
        Assert.Empty((await Vacuum.RunAsync(lake, new() { Files = TimeSpan.FromDays(2) }, dryRun: true)).Files);
        Assert.Equal(4, (await Vacuum.RunAsync(lake, lake.Retention, dryRun: true)).Files.Count);
        Assert.True((await LakeVerifier.RunAsync(lake)).Holds);
    }

    [Fact]
    public async Task Of_checkpoints_of_past_days_one_a_day_stays_and_every_version_can_be_read()
    {
        using var lake = await OpenAsync();
        for (var batch = 0; batch < 30; batch++)
        {
            await TestRows.CommitAsync(lake, "s", batch * 9, batch * 9 + 9);
            await lake.ApplyAsync();
            await CheckpointEveryTenAsync(lake);
        }
        Assert.Empty((await Vacuum.RunAsync(lake, new(), dryRun: false)).LogFiles);
        _clock.Ahead = TimeSpan.FromDays(3);
        var gone = (await Vacuum.RunAsync(lake, new(), dryRun: false)).LogFiles.Select(file => file.Key).ToList();
        Assert.Contains("impressions/_delta_log/00000000000000000020.checkpoint.parquet", gone);
        Assert.DoesNotContain(gone, key => key.EndsWith(".json", StringComparison.Ordinal));
        using var again = await OpenAsync();
        for (var version = 0; version <= 30; version++)
            Assert.Equal(version, (await again.Table("impressions").Delta.AtAsync(version)).Files.Count);
    }

    [Fact]
    public async Task Vacuum_spares_the_files_of_ledger_versions_that_are_not_applied()
    {
        using var lake = await OpenAsync();
        await TestRows.CommitAsync(lake, "s", 0, 9);
        _clock.Ahead = TimeSpan.FromDays(100);
        var staged = Assert.Single(await lake.UnappliedFilesAsync());
        Assert.Empty(
            (
                await Vacuum.RunAsync(
                    lake,
                    new() { Files = TimeSpan.Zero, Unnamed = TimeSpan.FromHours(1) },
                    dryRun: false
                )
            ).Files
        );
        Assert.True(File.Exists(staged.Address));
        Assert.Equal(9, lake.Table("impressions").Summary().Rows);
    }

    [Fact(Explicit = true)]
    public async Task Logs_older_than_their_retention_go_and_the_lake_stays_whole()
    {
        using (var lake = await OpenAsync())
        {
            for (var batch = 0; batch < 25; batch++)
            {
                await TestRows.CommitAsync(lake, $"s{batch % 3}", batch / 3 * 9, batch / 3 * 9 + 9);
                await lake.ApplyAsync();
                await CheckpointEveryTenAsync(lake);
            }
            Assert.Empty((await Vacuum.RunAsync(lake, new(), dryRun: false)).LogFiles);
            _clock.Ahead = TimeSpan.FromDays(31);
            var cleaned = await Vacuum.RunAsync(lake, new(), dryRun: false);
            Assert.Contains(cleaned.LogFiles, file => file.Key == "impressions/_delta_log/00000000000000000019.json");
            Assert.Contains(
                cleaned.LogFiles,
                file => file.Key == "ingest_ledger/_delta_log/00000000000000000010.checkpoint.parquet"
            );
            Assert.DoesNotContain(
                cleaned.LogFiles,
                file => file.Key.Contains("00000000000000000020", StringComparison.Ordinal)
            );
        }
        using var again = await OpenAsync();
        Assert.Equal((81, 72), (again.Ledger.PositionOf("s0"), again.Ledger.PositionOf("s2")));
        Assert.Equal(225, again.Table("impressions").Summary().Rows);
        Assert.True((await LakeVerifier.RunAsync(again)).Holds);
        var history = await LakeHistory.ReadAsync(again.Table("impressions"));
        Assert.Equal([25, 24, 23, 22, 21, 20], history.Select(commit => commit.Version));
        Assert.All(
            history,
            commit =>
                Assert.Equal(
                    ("WRITE", 9, 1, commit.Version),
                    (commit.Operation, commit.RowsAdded, commit.FilesAdded, commit.LedgerVersion)
                )
        );
    }

    [Fact]
    public async Task Maintenance_that_cannot_merge_on_a_full_disk_deletes_all_the_same()
    {
        var store = new FlakyStore(new LocalObjectStore(_test.Folder));
        using var lake = await OpenAsync(store);
        var compaction = new CompactionOptions { MinFiles = 2, ClosedFiles = 1 };
        for (var batch = 0; batch < 8; batch++)
        {
            await TestRows.CommitAsync(lake, "s", batch * 9, batch * 9 + 9);
            await lake.ApplyAsync();
            if (batch == 3)
                await Compaction.RunAsync(lake, lake.Table("impressions"), SharedEngines.Models, compaction);
        }
        _clock.Ahead = TimeSpan.FromDays(8);
        store.IsFull = true;
        var maintenance = new LakeMaintenance(lake, ModelCatalog.Shipped, new(), new() { Compaction = compaction });
        var report = await maintenance.RunAsync(() => new DuckDbEngine(), default);
        Assert.Equal(("No space left on device.", 0), (report.Fault, report.Compactions.Count));
        Assert.Equal(4, report.Deleted.Count(file => LakeTable.IsDataFile(file.Key)));
        Assert.True((await LakeVerifier.RunAsync(lake)).Holds);
    }

    [Fact]
    public async Task Commits_stay_where_the_checkpoint_after_them_is_damaged()
    {
        using (var lake = await OpenAsync())
        {
            for (var batch = 0; batch < 12; batch++)
            {
                await TestRows.CommitAsync(lake, "s", batch * 9, batch * 9 + 9);
                await lake.ApplyAsync();
                await CheckpointEveryTenAsync(lake);
            }
            var checkpoint = lake.Table("impressions").Delta.Log.CheckpointKey(10);
            var content = (await lake.Store.ReadAsync(checkpoint))!;
            content[content.Length / 2] ^= 1;
            await lake.Store.PutAsync(checkpoint, content);
            _clock.Ahead = TimeSpan.FromDays(31);
            var cleaned = await Vacuum.RunAsync(lake, new(), dryRun: false);
            Assert.DoesNotContain(
                cleaned.LogFiles,
                file => file.Key.StartsWith("impressions/", StringComparison.Ordinal)
            );
            Assert.Contains(cleaned.LogFiles, file => file.Key.StartsWith("ingest_ledger/", StringComparison.Ordinal));
        }
        using var again = await OpenAsync();
        Assert.Equal(108, again.Table("impressions").Summary().Rows);
        var report = await LakeVerifier.RunAsync(again);
        Assert.Empty(report.Problems);
        Assert.Equal(
            "impressions/_delta_log/00000000000000000010.checkpoint.parquet",
            Assert.Single(report.Remarks).Where
        );
    }

    private static async Task CheckpointEveryTenAsync(DataLake lake)
    {
        foreach (var table in lake.AllTables)
            if (table.Delta.Latest.Version is > 0 and var version && version % 10 == 0)
                await table.Delta.Checkpoints.WriteAsync(table.Delta.Latest, default);
    }

    private ValueTask<DataLake> OpenAsync(IObjectStore? store = null) =>
        DataLake.OpenAsync(store ?? new LocalObjectStore(_test.Folder), _test.Folder, create: true, _clock);

    private static string Rows(DataLake lake, string table)
    {
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"SELECT count(*) || ' ' || sum(hash(t)) FROM read_parquet({SqlDialect.DuckDb.List(lake.Table(table).FilesOf(lake.Table(table).Delta.Latest).Select(file => file.Address))}, hive_partitioning = false) t"
        );
        var rows = result.Rows();
        rows.Read();
        return rows.GetString(0);
    }

    private static long Scalar(DataLake lake, string sql)
    {
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(sql);
        var rows = result.Rows();
        rows.Read();
        return rows.GetInt64(0);
    }
}
