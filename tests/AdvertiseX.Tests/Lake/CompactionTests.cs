using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.Tests.Lake;

/// <summary>What compaction writes: time slices, their statistics and tags, and what is deleted after it.</summary>
public sealed class CompactionTests : IDisposable
{
    // A file of 512 KB fills a slice.
    private static readonly CompactionOptions Small = new() { TargetBytes = 1 << 20 };

    private readonly TestLake _test = new();
    private readonly MovedClock _clock = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_date_that_is_over_is_cut_into_slices_of_time()
    {
        using var lake = await OpenAsync();
        // 20 files, each with rows of all the day.
        for (var file = 0; file < 20; file++)
            await AddAsync(lake, file * 3_000, 3_000, stepMicros: 86_400_000_000 / 1_500 + 7);
        var table = lake.Table("impressions");
        var before = Fingerprint(lake, table);
        var bytes = table.Summary().Bytes;
        Assert.True(bytes > 4 * Small.FillBytes, $"{bytes}");
        var report = await Compaction.RunAsync(lake, table, SharedEngines.Models, Small);
        Assert.Equal((20, 60_000), (report.Before, report.Rows));
        Assert.Equal(before, Fingerprint(lake, table));

        var files = table.Delta.Latest.Files.Values.ToList();
        Assert.True(files.Count >= 3, $"{files.Count}");
        foreach (var file in files)
        {
            var slice = TimeSlice.Parse(file.Tags[CompactionFile.SliceTag])!.Value;
            var (rows, least, greatest) = Times(lake, table, file);
            Assert.Equal(new TimeRange(least, greatest), TimeRange.Of(file.Stats, LakeTable.TimeColumn));
            Assert.Equal(rows, file.Rows);
            Assert.Contains("\"event_id\":0", file.Stats, StringComparison.Ordinal);
            Assert.InRange(MinuteOf(least), slice.First, slice.First + slice.Minutes - 1);
            Assert.InRange(MinuteOf(greatest), slice.First, slice.First + slice.Minutes - 1);
            Assert.Equal("0-19", file.Ledger!.ToString());
        }
        Assert.Equal(0, (await Compaction.RunAsync(lake, table, SharedEngines.Models, Small)).Before);

        // Late rows stay by themselves until they are many.
        for (var file = 20; file < 36; file++)
            await AddAsync(lake, file * 3_000, 40, stepMicros: 86_400_000_000 / 1_500 + 7);
        Assert.Equal(0, (await Compaction.RunAsync(lake, table, SharedEngines.Models, Small)).Before);
        await AddAsync(lake, 36 * 3_000, 40, stepMicros: 86_400_000_000 / 1_500 + 7);
        Assert.Equal((17, 1), await MergedAsync(lake, table, Small));
        Assert.Equal(60_000 + (17 * 40), table.Summary().Rows);
    }

    [Fact]
    public async Task Rows_without_a_time_of_their_date_stay_together()
    {
        using var lake = await OpenAsync();
        for (var file = 0; file < 20; file++)
            await AddAsync(
                lake,
                file * 1_000,
                1_000,
                stepMicros: 86_400_000_000 / 500 + 7,
                of: TestLake.Day.AddDays(1)
            );
        var table = lake.Table("impressions");
        Assert.True(table.Summary().Bytes > 2 * Small.FillBytes);
        Assert.Equal((20, 1), await MergedAsync(lake, table, Small));
        Assert.Equal(20_000, table.Summary().Rows);
    }

    [Fact]
    public async Task A_merge_that_lost_its_files_to_another_is_planned_anew()
    {
        using var lake = await OpenAsync();
        using var other = await OpenAsync();
        for (var file = 0; file < 40; file++)
            await AddAsync(lake, file * 10, 10, day: file % 2 == 0 ? TestLake.Day : TestLake.Day.AddDays(1));
        var isFirst = true;
        var late = new LateEngine(
            SharedEngines.Models,
            async () =>
            {
                if (!isFirst)
                    return;
                isFirst = false;
                await other.RefreshAsync();
                Assert.Equal(
                    40,
                    (await Compaction.RunAsync(other, other.Table("impressions"), SharedEngines.Models, new())).Before
                );
                for (var file = 40; file < 58; file++)
                    await AddAsync(other, file * 10, 10);
            }
        );
        var report = await Compaction.RunAsync(lake, lake.Table("impressions"), late, new());
        Assert.Equal((18, 1), (report.Before, report.Conflicts));
        Assert.Equal(580, lake.Table("impressions").Summary().Rows);
        Assert.Equal(3, lake.Table("impressions").Summary().Files);
    }

    [Theory]
    [InlineData("compaction: files written", 20)]
    [InlineData("compaction: committed", 1)]
    public async Task A_compaction_that_is_killed_leaves_the_table_whole(string step, int files)
    {
        using var lake = await OpenAsync();
        for (var file = 0; file < 20; file++)
            await AddAsync(lake, file * 10, 10);
        var table = lake.Table("impressions");
        var before = Fingerprint(lake, table);
        using (new CrashAt(step, 1))
            await Assert.ThrowsAsync<CrashAt.Crash>(async () =>
                await Compaction.RunAsync(lake, table, SharedEngines.Models, new())
            );
        using var next = await OpenAsync();
        Assert.Equal(
            (files, 200),
            (next.Table("impressions").Summary().Files, next.Table("impressions").Summary().Rows)
        );
        await Compaction.RunAsync(next, SharedEngines.Models, new());
        Assert.Equal(1, next.Table("impressions").Summary().Files);
        Assert.Equal(before, Fingerprint(next, next.Table("impressions")));
        Assert.True((await LakeVerifier.RunAsync(next)).Holds);
        _clock.Ahead = TimeSpan.FromDays(8);
        await Vacuum.RunAsync(
            next,
            new(),
            new FollowedVersions(new Dictionary<string, long>()),
            dryRun: false,
            default
        );
        Assert.Single(Directory.GetFiles(Path.Combine(_test.Folder, "impressions", "event_date=2024-03-01")));
    }

    [Fact]
    public async Task Merged_files_go_after_an_hour_once_all_have_read_past_them()
    {
        using var lake = await OpenAsync();
        for (var file = 0; file < 20; file++)
            await AddAsync(lake, file * 10, 10);
        var table = lake.Table("impressions");
        var merged = table.Delta.Latest.Files.Values.Select(file => file.Path).ToList();
        foreach (var path in merged.Take(3))
            await lake.Store.PutAsync(KeyPaths.SidecarOf(table.Name, path), new byte[] { 1 });
        await Compaction.RunAsync(lake, table, SharedEngines.Models, new());
        var version = table.Delta.Latest.Version;
        FollowedVersions[] followed =
        [
            new(new Dictionary<string, long> { ["impressions"] = version - 1 }),
            new(new Dictionary<string, long> { ["impressions"] = version, ["clicks"] = 0 }),
        ];

        _clock.Ahead = TimeSpan.FromMinutes(59);
        Assert.Empty(await DeleteAsync(lake, followed[1]));
        _clock.Ahead = TimeSpan.FromMinutes(61);
        Assert.Empty(await DeleteAsync(lake, followed[0]));
        Assert.Equal(23, (await Vacuum.RunAsync(lake, new(), followed[1], dryRun: true, default)).Files.Count);
        var deleted = await DeleteAsync(lake, followed[1]);
        Assert.Equal(
            merged
                .Select(table.KeyOf)
                .Concat(merged.Take(3).Select(path => KeyPaths.SidecarOf(table.Name, path)))
                .Order(),
            deleted.Order()
        );
        Assert.All(deleted, key => Assert.False(File.Exists(Path.Combine(_test.Folder, key))));
        Assert.Empty(await DeleteAsync(lake, followed[1]));
        Assert.Equal(200, table.Summary().Rows);
        Assert.True((await LakeVerifier.RunAsync(lake)).Holds);
    }

    [Fact]
    public async Task Merged_files_that_a_stalled_follower_needs_go_with_all_others()
    {
        using var lake = await OpenAsync();
        for (var file = 0; file < 20; file++)
            await AddAsync(lake, file * 10, 10);
        await Compaction.RunAsync(lake, lake.Table("impressions"), SharedEngines.Models, new());
        var stalled = new FollowedVersions(new Dictionary<string, long> { ["impressions"] = 0 });
        _clock.Ahead = TimeSpan.FromDays(6);
        Assert.Empty((await Vacuum.RunAsync(lake, new(), stalled, dryRun: false, default)).Files);
        _clock.Ahead = TimeSpan.FromDays(8);
        Assert.Equal(20, (await Vacuum.RunAsync(lake, new(), stalled, dryRun: false, default)).Files.Count);
        Assert.Empty(await new CompactedFiles(lake).ReadAsync(default));
    }

    [Fact]
    public async Task A_sidecar_stays_as_long_as_its_file_may()
    {
        using var lake = await OpenAsync();
        await AddAsync(lake, 0, 10);
        var table = lake.Table("impressions");
        var live = table.Delta.Latest.Files.Keys.Single();
        string[] sidecars =
        [
            KeyPaths.SidecarOf(table.Name, live),
            KeyPaths.SidecarOf(table.Name, "event_date=2024-03-01/part-of-a-writer.parquet"),
        ];
        foreach (var key in sidecars)
            await lake.Store.PutAsync(key, new byte[] { 1 });
        Assert.Empty((await Vacuum.RunAsync(lake, new(), dryRun: false)).Files);
        _clock.Ahead = TimeSpan.FromDays(8);
        Assert.Equal([sidecars[1]], (await Vacuum.RunAsync(lake, new(), dryRun: false)).Files.Select(file => file.Key));
    }

    [Theory]
    [InlineData("00:00/1d", 1440, 0)]
    [InlineData("18:00/6h", 360, 1080)]
    [InlineData("23:00/1h", 60, 1380)]
    [InlineData("07:50/10m", 10, 470)]
    public void A_slice_is_written_and_read(string text, int minutes, int first)
    {
        Assert.Equal(new TimeSlice(minutes, first), TimeSlice.Parse(text));
        Assert.Equal(text, new TimeSlice(minutes, first).ToString());
        Assert.Null(
            TimeSlice.Parse(
                text.Replace(":00", ":01", StringComparison.Ordinal).Replace(":50", ":51", StringComparison.Ordinal)
            )
        );
        Assert.Equal(new TimeSlice(minutes, first), TimeSlice.Over(first, first + minutes - 1));
    }

    private static async Task<(int, int)> MergedAsync(DataLake lake, LakeTable table, CompactionOptions options)
    {
        var report = await Compaction.RunAsync(lake, table, SharedEngines.Models, options);
        return (report.Before, report.After);
    }

    private static async Task<List<string>> DeleteAsync(DataLake lake, FollowedVersions followed) =>
        [
            .. (await Vacuum.DeleteCompactedAsync(lake, new(), followed, dryRun: false, default)).Select(file =>
                file.Key
            ),
        ];

    /// <summary>Commits a file of impressions to a date's partition, of rows of that date or another.</summary>
    private static async Task AddAsync(
        DataLake lake,
        long first,
        long rows,
        long stepMicros = 1_001,
        DateOnly? day = null,
        DateOnly? of = null
    )
    {
        var file = await TestRows.StageAsync(lake, FactTables.Impressions, "s", first, rows, of ?? day, stepMicros);
        if (of is not null)
        {
            var path = LakeTable.NewFilePath(TestLake.Day);
            File.Move(lake.Store.AddressOf(file.Key), lake.Store.AddressOf($"impressions/{path}"));
            file = file with { Path = path, PartitionDate = TestLake.Day };
        }
        var stats = $"{{\"numRecords\":{rows},\"minValues\":{{}},\"maxValues\":{{}},\"nullCount\":{{\"event_id\":0}}}}";
        var table = lake.Table("impressions");
        var snapshot = await table.Delta.RefreshAsync();
        var change = new DeltaChange("WRITE")
        {
            Adds =
            [
                LakeTable.AddOf(
                    file with
                    {
                        StatsJson = stats,
                    },
                    snapshot.Metadata,
                    lake.Clock.GetUtcNow(),
                    new(first / 3_000, first / 3_000)
                ),
            ],
        };
        Assert.Equal(DeltaCommitOutcome.Committed, (await table.Delta.CommitAsync(change, snapshot)).Outcome);
    }

    private static int MinuteOf(long micros) => (int)(micros / 60_000_000 % 1440);

    private static string Fingerprint(DataLake lake, LakeTable table) =>
        Query(
            lake,
            $"SELECT count(*) || ' ' || sum(hash(t)) FROM read_parquet({SqlDialect.DuckDb.List(table.FilesOf(table.Delta.Latest).Select(file => file.Address))}, hive_partitioning = false) t"
        );

    private static (long Rows, long Least, long Greatest) Times(DataLake lake, LakeTable table, AddFile file)
    {
        var found = Query(
                lake,
                $"SELECT count(*) || ' ' || min(epoch_us(event_time)) || ' ' || max(epoch_us(event_time)) FROM read_parquet({SqlDialect.DuckDb.Text(table.AddressOf(file.Path))})"
            )
            .Split(' ');
        return (long.Parse(found[0]), long.Parse(found[1]), long.Parse(found[2]));
    }

    private static string Query(DataLake lake, string sql)
    {
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(sql);
        var rows = result.Rows();
        rows.Read();
        return rows.GetString(0);
    }

    private ValueTask<DataLake> OpenAsync() =>
        DataLake.OpenAsync(new LocalObjectStore(_test.Folder), _test.Folder, create: true, _clock, SharedEngines.Lake);
}
