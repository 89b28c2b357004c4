using AdvertiseX.Configuration;
using AdvertiseX.Contracts;
using AdvertiseX.Engines;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Maintenance;
using AdvertiseX.Models;
using AdvertiseX.Reports;
using AdvertiseX.Sources;
using AdvertiseX.Tests.Ingestion;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Maintenance;

/// <summary>Writers, runs, queries, compaction and vacuum at once, each with the lake open for itself: none fails, and
/// every table is that of one after the other.</summary>
public sealed class ManyAtOnceTests
{
    private static readonly string[] Models = ["impression_rollup", "click_attribution"];

    private static readonly MaintenanceOptions Eager = new()
    {
        VacuumInterval = TimeSpan.FromHours(1),
        Compaction = new() { MinFiles = 4, ClosedFiles = 2 },
        Retention = new() { Compacted = TimeSpan.FromSeconds(3) },
    };

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 60, Explicit = true)]
    public async Task None_fails_and_tables_are_those_of_one_after_the_other(int seed, int files)
    {
        using var alone = new TempIngest();
        using var many = new TempIngest();
        foreach (var ingest in new[] { alone, many })
        foreach (var writer in new[] { 0, 1 })
            WriteFiles(ingest, new Random(seed + writer), writer, files);
        await alone.RunAsync();
        using (var lake = await alone.OpenAsync())
            await RunnerOf(alone).RunAsync(lake, Models);

        (await many.OpenAsync()).Dispose();
        using var done = new CancellationTokenSource();
        var deleted = 0;
        var writers = Task.WhenAll(Enumerable.Range(0, 2).Select(writer => IngestAsync(many, writer, files)));
        Task[] others =
        [
            UntilAsync(many, async lake => await RunnerOf(many).RunAsync(lake, Models), done.Token),
            UntilAsync(many, lake => MaintainAsync(lake, n => Interlocked.Add(ref deleted, n)), done.Token),
            UntilAsync(many, lake => MaintainAsync(lake, n => Interlocked.Add(ref deleted, n)), done.Token),
            UntilAsync(many, QueryAsync, done.Token),
        ];
        await writers;
        await done.CancelAsync();
        await Task.WhenAll(others);

        // Whatever was merged before, this run reads past it.
        using var end = await OpenAsync(many);
        await MaintainAsync(end, n => deleted += n);
        await RunnerOf(many).RunAsync(end, Models);
        await Task.Delay(Eager.Retention.Compacted, TestContext.Current.CancellationToken);
        await MaintainAsync(end, n => deleted += n);
        Assert.True(deleted > 0);
        await TempIngest.VerifyAsync(end);
        using var whole = await alone.OpenAsync();
        foreach (var table in new[] { "impressions", "clicks" })
            Assert.Equal(Ids(whole, table), Ids(end, table));
        const string Sums =
            "SELECT campaign_id, bucket_start, sum(impressions) FROM events GROUP BY 1, 2 ORDER BY 1, 2";
        Assert.Equal(Rows(whole, "impression_rollup", Sums), Rows(end, "impression_rollup", Sums));
        const string Clicks = "SELECT click_id, impression_id, ivt_reason FROM events ORDER BY 1, 2";
        Assert.Equal(Rows(whole, "click_attribution", Clicks), Rows(end, "click_attribution", Clicks));
    }

    private static void WriteFiles(TempIngest ingest, Random random, int writer, int files)
    {
        for (var file = 0; file < files; file++)
        {
            var impressions = Enumerable
                .Range(0, 20)
                .Select(_ =>
                {
                    var id = random.Next(writer * 1_000, (writer * 1_000) + 400);
                    return $$"""{"impression_id":"i{{id}}","timestamp":"2024-03-0{{1 + (id % 3)}}T{{id % 24:00}}:{{id % 60:00}}:00Z","user_id":"u{{id % 30}}","campaign_id":"c{{id % 5}}"}"""
                        + "\n";
                });
            ingest.Write($"{writer}-{file}-impressions.json", string.Concat(impressions));
            var clicks = Enumerable
                .Range(0, 5)
                .Select(_ =>
                {
                    var id = random.Next(writer * 1_000, (writer * 1_000) + 400);
                    return $"k{id},2024-03-0{1 + (id % 3)}T{id % 24:00}:{id % 60:00}:30Z,u{id % 30},c{id % 5},click,i{id}\n";
                });
            ingest.Write(
                $"{writer}-{file}-clicks.csv",
                "event_id,timestamp,user_id,campaign_id,conversion_type,impression_id\n" + string.Concat(clicks)
            );
        }
    }

    // A file at a time, each in a lake opened anew, as a process does.
    private static async Task IngestAsync(TempIngest ingest, int writer, int files)
    {
        for (var file = 0; file < files; file++)
        {
            var paths = Directory.GetFiles(ingest.Input, $"{writer}-{file}-*");
            var sources = new SourceCatalog(ContractFile.Shipped).Find(paths);
            using var lake = await OpenAsync(ingest);
            var report = await new EventPipeline(ingest.EnvironmentOf(lake)).RunAsync(
                sources,
                null,
                TestContext.Current.CancellationToken
            );
            Assert.Empty(report.Failed);
        }
    }

    private static async Task UntilAsync(TempIngest ingest, Func<DataLake, Task> work, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            using var lake = await OpenAsync(ingest);
            await work(lake);
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task MaintainAsync(DataLake lake, Action<int> deleted)
    {
        var maintenance = new LakeMaintenance(lake, ModelCatalog.Shipped, new TrafficRules(), Eager);
        var report = await maintenance.RunAsync(
            () => new DuckDbEngine(new DuckDbEngineOptions { MemoryLimitMebibytes = 256, Threads = 1 }),
            TestContext.Current.CancellationToken
        );
        Assert.Null(report.Fault);
        deleted(report.Deleted.Count);
    }

    private static async Task QueryAsync(DataLake lake)
    {
        using var engine = new UserSql(LakeSets.Of(lake), new UserSqlOptions());
        using var result = engine.Run(
            "SELECT count(*) - count(DISTINCT event_id) FROM impressions",
            TestContext.Current.CancellationToken
        );
        Assert.True(result.Read());
        Assert.Equal(0, result.GetInt64(0));
        await Task.CompletedTask;
    }

    private static ModelRunner RunnerOf(TempIngest ingest) =>
        new(SharedEngines.Models, null, new ModelRunnerOptions { ScratchDirectory = ingest.Folder });

    private static List<string?> Ids(DataLake lake, string table) =>
        [.. TempIngest.Query(lake, table, "SELECT event_id FROM events ORDER BY 1").Select(row => row[0])];

    private static List<string> Rows(DataLake lake, string table, string sql) =>
        [.. TempIngest.Query(lake, table, sql).Select(row => string.Join('|', row))];

    // By the clock of the machine: what is deleted after seconds has to be that old.
    private static async Task<DataLake> OpenAsync(TempIngest ingest) =>
        await DataLake.OpenAsync(
            new LocalObjectStore(ingest.Lake),
            ingest.Lake,
            create: true,
            TimeProvider.System,
            SharedEngines.Lake
        );
}
