using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Sources;
using AdvertiseX.Telemetry;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>A source without an end goes the way of files: committed as it comes, stopped at a commit, gone on with
/// where the ledger stands.</summary>
public sealed class EndlessSourceTests : IDisposable
{
    private const int RecordsOfBlock = NumbersSource.RecordsOfBlock;
    private readonly TempIngest _ingest = new()
    {
        Options = new() { CommitUnitBytes = 1, AnySize = true },
    };

    [Fact]
    public async Task An_endless_source_is_committed_as_it_goes_and_goes_on_where_the_ledger_stands()
    {
        var first = await RunAsync(blocks: 3);
        Assert.True(first.Report.Stopped);
        Assert.Equal(
            (0, 3L * RecordsOfBlock),
            (first.Source.OpenedAt, first.Report.CountsOf(EventKind.Impression).Accepted)
        );
        Assert.Equal([1L, 2, 3], first.Source.Committed.Select(next => next / first.Source.BytesOfBlock));

        var second = await RunAsync(blocks: 2);
        Assert.Equal(
            (3 * second.Source.BytesOfBlock, 2L * RecordsOfBlock),
            (second.Source.OpenedAt, second.Report.CountsOf(EventKind.Impression).Accepted)
        );
        Assert.Equal(0, second.Report.CountsOf(EventKind.Impression).Duplicate);
        using var lake = await _ingest.OpenAsync();
        Assert.Equal(5L * second.Source.BytesOfBlock, lake.Ledger.PositionOf("numbers-0"));
        Assert.Equal(
            5 * RecordsOfBlock,
            (await _ingest.RowsAsync("impressions")).Select(row => (string)row["event_id"]!).Distinct().Count()
        );
    }

    [Fact]
    public async Task Blocks_of_an_endless_source_are_received_when_they_are_read()
    {
        var opened = _ingest.Clock.Now;
        var (report, _) = await RunAsync(blocks: 3, between: TimeSpan.FromHours(1));
        Assert.Equal(0, report.TotalRejected);
        var rows = await _ingest.RowsAsync("impressions", withMade: true);
        Assert.Equal(
            [opened.AddHours(1), opened.AddHours(2), opened.AddHours(3)],
            rows.Select(row => TimeOf(row, "received_time")).Distinct().Order()
        );
        Assert.All(rows, row => Assert.Equal(TimeOf(row, "event_time"), TimeOf(row, "received_time")));
    }

    [Fact]
    public async Task A_pipeline_used_again_later_takes_what_happened_meanwhile()
    {
        using var lake = await _ingest.OpenAsync();
        var pipeline = new EventPipeline(_ingest.EnvironmentOf(lake));
        var opened = _ingest.Clock.Now;
        for (var hour = 1; hour <= 2; hour++)
        {
            _ingest.Clock.Now = opened.AddHours(hour);
            _ingest.Write($"{hour}.ndjson", NumbersSource.Block(hour, _ingest.Clock.Now));
            var report = await pipeline.RunAsync(
                new SourceCatalog(_ingest.Contracts).Find([_ingest.Input]),
                null,
                default
            );
            Assert.Equal((RecordsOfBlock, 0), (report.CountsOf(EventKind.Impression).Accepted, report.TotalRejected));
        }

        Assert.Equal(
            [opened.AddHours(1), opened.AddHours(2)],
            TempIngest
                .Rows(lake, "impressions", withMade: true)
                .Select(row => TimeOf(row, "received_time"))
                .Distinct()
                .Order()
        );
    }

    [Fact]
    public async Task A_source_whose_first_records_are_gone_begins_where_it_can()
    {
        var (report, source) = await RunAsync(blocks: 2, keptFrom: 10);
        Assert.Equal((0, 2L * RecordsOfBlock), (source.OpenedAt, report.CountsOf(EventKind.Impression).Accepted));
        using var lake = await _ingest.OpenAsync();
        Assert.Equal(12L * source.BytesOfBlock, lake.Ledger.PositionOf("numbers-0"));
        await TempIngest.VerifyAsync(lake);
    }

    [Fact]
    public async Task A_source_that_lost_records_not_yet_read_is_refused()
    {
        var (_, first) = await RunAsync(blocks: 2);
        var refused = await Assert.ThrowsAsync<SourceException>(() => RunAsync(blocks: 2, keptFrom: 10));
        Assert.Equal(
            $"numbers-0: the source goes on at {10 * first.BytesOfBlock}, and the ledger stands at {2 * first.BytesOfBlock}; "
                + "a source must go on where the ledger stands",
            refused.Message
        );
    }

    [Fact]
    public async Task Late_rows_of_several_commits_share_files_of_their_dates()
    {
        var (report, _) = await RunAsync(blocks: 5, lateDays: 3);
        Assert.Equal(5L * RecordsOfBlock, report.CountsOf(EventKind.Impression).Accepted);
        using var lake = await _ingest.OpenAsync();
        var dates = lake.Table("impressions").Delta.Latest.Files.Values.CountBy(file => file.EventDate!.Value);
        Assert.Equal(
            [new(new(2024, 2, 27), 1), new(new(2024, 2, 28), 1), new(new(2024, 2, 29), 1), new(new(2024, 3, 1), 5)],
            dates.OrderBy(date => date.Key)
        );
        Assert.Equal(5, Directory.GetFiles(Path.Combine(_ingest.Lake, "impressions", LateRows.Folder)).Length);
        await TempIngest.VerifyAsync(lake);
    }

    [Fact]
    public async Task Late_files_go_an_hour_after_they_were_read_and_those_of_a_sleeping_writer_stay()
    {
        _ingest.Clock.Now = TimeProvider.System.GetUtcNow();
        await RunAsync(blocks: 3, lateDays: 2);
        var folder = Path.Combine(_ingest.Lake, "impressions", LateRows.Folder);
        var read = Directory.GetFiles(folder);
        Assert.Equal(3, read.Length);
        var asleep = Path.Combine(_ingest.Lake, "impressions", LateRows.NewPath());
        File.Copy(read[0], asleep);

        Assert.Equal(4, (await LeftAsync(TimeSpan.FromMinutes(50))).Length);
        Assert.Equal([asleep], await LeftAsync(TimeSpan.FromMinutes(70)));
        Assert.Equal([asleep], await LeftAsync(new LakeRetention().Files - TimeSpan.FromHours(1)));
        Assert.Empty(await LeftAsync(new LakeRetention().Files + TimeSpan.FromHours(1)));

        async Task<string[]> LeftAsync(TimeSpan ahead)
        {
            using var lake = await DataLake.OpenAsync(_ingest.Lake, clock: new MovedClock { Ahead = ahead });
            await Vacuum.RunAsync(lake, new(), new FollowedVersions(new Dictionary<string, long>()), false, default);
            return Directory.GetFiles(folder);
        }
    }

    [Theory]
    [InlineData("late: files written")]
    [InlineData("late: committed")]
    [InlineData("apply: table committed")]
    public async Task Late_rows_are_there_once_whatever_a_crash_left(string step)
    {
        using (new CrashAt(step))
            await Assert.ThrowsAsync<CrashAt.Crash>(() => RunAsync(blocks: 3, lateDays: 2));
        var (again, _) = await RunAsync(blocks: 2, lateDays: 2);
        Assert.Equal(2L * RecordsOfBlock, again.CountsOf(EventKind.Impression).Accepted);
        using var lake = await _ingest.OpenAsync();
        await TempIngest.VerifyAsync(lake);
        var ids = (await _ingest.RowsAsync("impressions")).Select(row => (string)row["event_id"]!).ToList();
        Assert.Equal(ids.Distinct().Order(), ids.Order());
        Assert.Equal(
            lake.Ledger.PositionOf("numbers-0"),
            ids.Count / RecordsOfBlock * (long)NumbersSource.Block(0).Length
        );
    }

    [Fact]
    public async Task Late_rows_wait_for_a_minute_and_are_known_meanwhile()
    {
        using var lake = await _ingest.OpenAsync();
        var table = lake.Table("impressions");
        var waiting = new List<int>();
        using var stop = new CancellationTokenSource();
        var source = new NumbersSource(4, stop)
        {
            Clock = _ingest.Clock,
            LateDays = 2,
            AfterCommit = async () =>
            {
                waiting.Add(
                    (
                        await lake.Late.WaitingAsync(table, await table.Delta.RefreshAsync(), long.MaxValue, default)
                    ).Count
                );
                _ingest.Clock.Passed += TimeSpan.FromSeconds(40);
            },
        };
        var run = new IngestRun([source], [], null, _ingest.Clock);
        await new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync([source], run, stop.Token);
        // Seen first with the first commit, due 60 to 72 seconds later, which is with the third.
        Assert.Equal([1, 2, 0, 1], waiting);
    }

    [Fact]
    public async Task Late_rows_that_two_processes_write_at_once_are_there_once()
    {
        using var ahead = await _ingest.OpenAsync();
        using var behind = await _ingest.OpenAsync();
        var table = behind.Table("impressions");
        using var stop = new CancellationTokenSource();
        var source = new NumbersSource(2, stop)
        {
            Clock = _ingest.Clock,
            LateDays = 2,
            AfterCommit = async () =>
            {
                if (behind.Ledger.PositionOf("numbers-0") == 0)
                    await behind.Ledger.RefreshAsync();
            },
        };
        var run = new IngestRun([source], [], null, _ingest.Clock);
        // One that has heard of the first commit only is faster.
        var applied = false;
        using (
            new CrashAt(
                "late: files written",
                () =>
                    applied = behind.Late.ApplyAsync(table, waitsLong: false, default).AsTask().GetAwaiter().GetResult()
            )
        )
            await new EventPipeline(_ingest.EnvironmentOf(ahead)).RunAsync([source], run, stop.Token);
        Assert.True(applied);
        Assert.Equal(
            2 * RecordsOfBlock,
            TempIngest.Rows(ahead, "impressions").Select(row => (string)row["event_id"]!).Distinct().Count()
        );
        Assert.Equal(2 * RecordsOfBlock, ahead.Table("impressions").Summary().Rows);
        await TempIngest.VerifyAsync(ahead);
    }

    /// <summary>What waits for room, a batch and late rows, and the commits that tell of them, stay.</summary>
    [Fact]
    public async Task Vacuum_makes_room_on_a_full_disk()
    {
        await RunAsync(blocks: 3, lateDays: 2);
        using (new CrashAt("ledger: committed", nth: 2))
            await Assert.ThrowsAsync<CrashAt.Crash>(() => RunAsync(blocks: 3, lateDays: 2));
        var folder = Path.Combine(_ingest.Lake, "impressions", LateRows.Folder);
        Assert.Equal(5, Directory.GetFiles(folder).Length);
        var store = new FlakyStore(new LocalObjectStore(_ingest.Lake));
        var later = new MovedClock { Ahead = TimeSpan.FromDays(31) };
        using (var lake = await OpenUnappliedAsync(store))
        {
            // At which the logs would be cut.
            foreach (var table in lake.AllTables)
                await table.Delta.Checkpoints.WriteAsync(table.Delta.Latest, default);
        }

        store.IsFull = true;
        await Assert.ThrowsAsync<IOException>(async () =>
            await DataLake.OpenAsync(store, "lake", create: false, later, SharedEngines.Lake)
        );
        using (var lake = await OpenUnappliedAsync(store))
        {
            var made = await Vacuum.RunAsync(lake, new(), dryRun: false);
            Assert.Contains(made.LogFiles, IsOf("impressions"));
            Assert.DoesNotContain(made.LogFiles, IsOf(IngestLedger.TableName));
            Assert.Equal(2, Directory.GetFiles(folder).Length);
        }

        store.IsFull = false;
        using var again = await DataLake.OpenAsync(store, "lake", create: false, later, SharedEngines.Lake);
        await TempIngest.VerifyAsync(again);
        var ids = TempIngest.Rows(again, "impressions").Select(row => (string)row["event_id"]!).ToList();
        Assert.Equal((5 * RecordsOfBlock, 5 * RecordsOfBlock), (ids.Count, ids.Distinct().Count()));
        Assert.Contains((await Vacuum.RunAsync(again, new(), dryRun: false)).LogFiles, IsOf(IngestLedger.TableName));

        Predicate<StoredObject> IsOf(string table) =>
            file => file.Key.StartsWith(table + "/", StringComparison.Ordinal);

        ValueTask<DataLake> OpenUnappliedAsync(FlakyStore store) =>
            DataLake.OpenUnappliedAsync(store, "lake", create: false, later, SharedEngines.Lake, default);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commits_go_on_where_filters_cannot_be_written(bool coverageOnly)
    {
        var filters = KeyPaths.FiltersOf("impressions");
        _ingest.Options = _ingest.Options with { KeysWorthAFilter = RecordsOfBlock };
        var store = new FlakyStore(new LocalObjectStore(_ingest.Lake))
        {
            FullBelow = coverageOnly ? KeyPaths.CoveragesOf("impressions") : filters,
        };
        await RunAsync(blocks: 6);
        Assert.Empty(Filters());
        // All of them come again, from the beginning of another stream.
        store.FullBelow = null;
        _ingest.Write("again.ndjson", string.Concat(Enumerable.Range(0, 6).Select(TextOf)));
        var again = (await _ingest.RunAsync()).CountsOf(EventKind.Impression);
        Assert.Equal((6 * RecordsOfBlock, 0), (again.Duplicate, again.Accepted));
        Assert.NotEmpty(Filters());
        await _ingest.VerifyAsync();

        string[] Filters() =>
            Directory.Exists(Path.Combine(_ingest.Lake, filters))
                ? Directory.GetFiles(Path.Combine(_ingest.Lake, filters))
                : [];

        static string TextOf(int block) => Encoding.UTF8.GetString(NumbersSource.Block(block));

        async Task RunAsync(int blocks)
        {
            using var stop = new CancellationTokenSource();
            var source = new NumbersSource(blocks, stop) { Clock = _ingest.Clock };
            using var lake = await DataLake.OpenAsync(store, "lake", create: true, _ingest.Clock, SharedEngines.Lake);
            var run = new IngestRun([source], [], null, _ingest.Clock);
            await new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync([source], run, stop.Token);
            Assert.Equal(blocks, source.Committed.Count);
        }
    }

    [Fact]
    public async Task Commits_and_records_are_counted_for_whoever_listens()
    {
        var heard = new SortedDictionary<string, double>(StringComparer.Ordinal);
        using var telemetry = new IngestTelemetry();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == IngestTelemetry.Name)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        listener.Start();

        _ingest.Write("impressions.ndjson", Encoding.UTF8.GetString(NumbersSource.Block(0)) + "no record\n");
        using var lake = await _ingest.OpenAsync();
        var environment = _ingest.EnvironmentOf(lake) with { Telemetry = telemetry };
        await new EventPipeline(environment).RunAsync(
            new SourceCatalog(_ingest.Contracts).Find([_ingest.Input]),
            null,
            default
        );
        Assert.Equal(1, heard["adx.ingest.commits"]);
        Assert.Equal(1, heard["adx.ingest.stagings"]);
        Assert.Equal(1, heard["adx.ingest.commit.duration"]);
        Assert.Equal(RecordsOfBlock, heard["adx.ingest.records impressions accepted"]);
        Assert.Equal(1, heard["adx.ingest.records impressions rejected"]);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (!telemetry.Owns(instrument))
                return;
            var name = instrument.Name;
            foreach (var tag in tags)
                name += $" {tag.Value}";
            lock (heard)
                heard[name] = heard.GetValueOrDefault(name) + value;
        }
    }

    public void Dispose() => _ingest.Dispose();

    private static DateTimeOffset TimeOf(JsonObject row, string column) =>
        DateTimeOffset.Parse((string)row[column]!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private async Task<(IngestReport Report, NumbersSource Source)> RunAsync(
        int blocks,
        int keptFrom = 0,
        TimeSpan between = default,
        int lateDays = 0
    )
    {
        using var stop = new CancellationTokenSource();
        var source = new NumbersSource(blocks, stop)
        {
            KeptFrom = keptFrom,
            Between = between,
            LateDays = lateDays,
            Clock = _ingest.Clock,
        };
        using var lake = await _ingest.OpenAsync();
        var run = new IngestRun([source], [], null, _ingest.Clock);
        return (await new EventPipeline(_ingest.EnvironmentOf(lake)).RunAsync([source], run, stop.Token), source);
    }
}
