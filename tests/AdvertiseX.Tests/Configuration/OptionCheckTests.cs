using AdvertiseX.Engines;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Parquet;
using AdvertiseX.Tests.Ingestion;
using AdvertiseX.Tests.Models;
using AdvertiseX.Tests.Parquet;

namespace AdvertiseX.Tests.Configuration;

/// <summary>Options made in code: whatever takes them refuses those that are not allowed, in the words of the
/// configuration file.</summary>
public sealed class OptionCheckTests
{
    [Fact]
    public void An_engine_refuses() =>
        Refused(
            "engine.memory_mib is 10; allowed: 64 to 16777216 MiB",
            () => new DuckDbEngine(new() { MemoryLimitMebibytes = 10 })
        );

    [Fact]
    public void An_engine_for_users_refuses() =>
        Refused(
            "engine.threads is -1; allowed: 0 to 1024 threads",
            () => new UserSql([], new() { Limits = new() { Threads = -1 } })
        );

    [Fact]
    public void An_engine_for_users_refuses_its_own_limits() =>
        Refused(
            "UserSqlOptions.TimeLimit is 0; allowed: 0.001 to 604800 seconds",
            () => new UserSql([], new() { TimeLimit = TimeSpan.Zero })
        );

    [Fact]
    public async Task A_lake_refuses()
    {
        using var ingest = new TempIngest();

        await RefusedAsync(
            "engine.spill_limit_mib is -1; allowed: 0 to 16777216 MiB",
            async () => await DataLake.OpenAsync(ingest.Lake, create: true, engine: new() { SpillLimitMebibytes = -1 })
        );
        Assert.False(Directory.Exists(ingest.Lake));
    }

    [Fact]
    public async Task A_pipeline_refuses()
    {
        using var ingest = new TempIngest();
        using var lake = await ingest.OpenAsync();

        Refused(
            "ingest.block_bytes is 1024; allowed: 65536 to 67108864 bytes",
            () => Pipeline(new() { Framing = new() { BlockBytes = 1024 } })
        );
        Refused(
            "parquet.page_rows is 0; allowed: 1 to 131072 rows",
            () => Pipeline(new() { Parquet = new() { PageRows = 0 } })
        );
        Refused(
            "ingest.max_future_skew_seconds is -0.5; allowed: 0 to 31536000 seconds",
            () => Pipeline(new() { Validation = new() { MaxFutureSkew = TimeSpan.FromSeconds(-0.5) } })
        );
        Refused(
            "ingest.earliest_event is \"1969-12-31T23:59:59.0000000Z\"; allowed: 1970-01-01 to 2100-01-01, a day in UTC",
            () => Pipeline(new() { Validation = new() { EarliestEvent = DateTimeOffset.UnixEpoch.AddSeconds(-1) } })
        );

        EventPipeline Pipeline(IngestOptions options) =>
            new(new IngestEnvironment(lake) { Options = options, Clock = ingest.Clock });
    }

    [Fact]
    public void A_file_writer_refuses()
    {
        using var batch = RandomBatch.Create(new Random(1), 1);

        Refused(
            "parquet.minimum_saving is NaN; allowed: 0 to 1",
            () =>
                ParquetFileWriter.Write(
                    new MemoryStream(),
                    batch,
                    [0],
                    new ParquetOptions { MinimumSaving = double.NaN }
                )
        );
    }

    [Fact]
    public async Task Maintenance_refuses()
    {
        using var ingest = new TempIngest();
        using var lake = await ingest.OpenAsync();
        using var engine = new DuckDbEngine();

        await RefusedAsync(
            "compaction.min_files is 1; allowed: 2 to 100000 files",
            async () => await Compaction.RunAsync(lake, engine, new() { MinFiles = 1 })
        );
        await RefusedAsync(
            "compaction.target_bytes is 1000; allowed: 1048576 to 4294967296 bytes",
            async () => await Compaction.RunAsync(lake, lake.Table("impressions"), engine, new() { TargetBytes = 1000 })
        );
        await RefusedAsync(
            "retention.files_hours is 720.5; allowed: 0 to 720 hours",
            async () => await Vacuum.RunAsync(lake, new() { Files = TimeSpan.FromHours(720.5) }, dryRun: true)
        );
    }

    [Fact]
    public void A_model_runner_refuses()
    {
        using var engine = new DuckDbEngine();

        Refused(
            "models.at_once is 65; allowed: 0 to 64 models",
            () => new ModelRunner(engine, options: new() { ModelsAtOnce = 65 })
        );
        Refused(
            "ModelRunnerOptions.KeysAtOnce is 0; allowed: at least 1 keys",
            () => new ModelRunner(engine, options: new() { KeysAtOnce = 0 })
        );
        Refused(
            "invalid_traffic.max_clicks_per_minute is 0; allowed: 1 to 2147483647 clicks",
            () => new ModelRunner(engine, options: new() { TrafficRules = new() { MaxClicksPerMinute = 0 } })
        );
    }

    [Fact]
    public async Task A_trial_refuses()
    {
        await using var lake = await FactLake.CreateAsync();

        Refused(
            "invalid_traffic.repeated_click_ms is 3600001; allowed: 0 to 3600000 milliseconds",
            () =>
                new ModelTrial(
                    lake.Lake,
                    lake.Engine,
                    options: new()
                    {
                        TrafficRules = new() { RepeatedClick = TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(1) },
                    }
                )
        );
    }

    private static void Refused(string complaint, Func<object> make) =>
        Assert.Equal(complaint, Assert.Throws<ArgumentOutOfRangeException>(make).Message);

    private static async Task RefusedAsync(string complaint, Func<Task> run) =>
        Assert.Equal(complaint, (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(run)).Message);
}
