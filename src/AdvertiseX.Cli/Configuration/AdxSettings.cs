using AdvertiseX.Configuration;
using AdvertiseX.Engines;
using AdvertiseX.Ingestion;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Producing;
using AdvertiseX.Lake;
using AdvertiseX.Maintenance;
using AdvertiseX.Models;
using AdvertiseX.Registry;
using AdvertiseX.Server;
using AdvertiseX.Server.Access;
using AdvertiseX.Server.Collecting;
using AdvertiseX.Spool;

namespace AdvertiseX.Cli.Configuration;

/// <summary>
/// Everything that a configuration file sets. A key stands on the option itself (<see cref="OptionAttribute"/>), here
/// or in a record of the library. Change a default with <c>with</c>.
/// </summary>
internal sealed record AdxSettings
{
    public const string DefaultLakePath = "./lake";

    /// <summary>The keys of a configuration file, those of a section together.</summary>
    public static IReadOnlyList<OptionDescription> Keys =>
        field ??= [
            .. OptionDescription
                .Of(typeof(AdxSettings))
                .Where(option => option.Key is not null)
                .GroupBy(option => option.Key!.Split('.')[0])
                .SelectMany(section => section),
        ];

    /// <summary>Folder of the lake; ADX_LAKE and --lake beat it.</summary>
    [Option("a folder", Key = "lake.path")]
    public string LakePath { get; init; } = DefaultLakePath;

    [Options]
    public IngestOptions Ingest { get; init; } = new();

    [Options]
    public LiveOptions Live { get; init; } = new();

    [Options]
    public KafkaOptions Kafka { get; init; } = new();

    [Options]
    public TopicOptions Topics { get; init; } = new();

    [Options]
    public ProduceOptions Produce { get; init; } = new();

    [Options]
    public RegistryOptions Registry { get; init; } = new();

    [Options]
    public RegistryServerOptions RegistryServer { get; init; } = new();

    [Options]
    public ServeOptions Serve { get; init; } = new();

    [Options]
    public CollectorOptions Collector { get; init; } = new();

    [Options]
    public AccessOptions Access { get; init; } = new();

    [Options]
    public SpoolOptions Spool { get; init; } = new();

    [Options]
    public TelemetryOptions Telemetry { get; init; } = new();

    [Options]
    public DuckDbEngineOptions Engine { get; init; } = new();

    [Options]
    public CompactionOptions Compaction { get; init; } = new();

    [Options]
    public LakeRetention Retention { get; init; } = new();

    [Options]
    public MaintenanceOptions Maintenance { get; init; } = new();

    [Options]
    public ModelRunnerOptions Models { get; init; } = new();

    /// <summary>Folder of own models, refreshed with those that come with adx; --models beats it.</summary>
    [Option("a folder", MayBeEmpty = true, Key = "models.directory")]
    public string ModelsDirectory { get; init; } = "";

    /// <summary>Opens the lake at <see cref="LakePath"/>.</summary>
    /// <inheritdoc cref="DataLake.OpenAsync(string, bool, TimeProvider?, DuckDbEngineOptions?, CancellationToken)"/>
    public async ValueTask<DataLake> OpenLakeAsync(
        Terminal terminal,
        CancellationToken cancellation,
        bool create = false
    )
    {
        var lake = await DataLake.OpenAsync(LakePath, create, terminal.Clock, Engine, cancellation);
        lake.Retention = Retention;
        return lake;
    }

    /// <summary>Opens the lake at <see cref="LakePath"/> without writing, for vacuum on a full disk.</summary>
    /// <inheritdoc cref="DataLake.OpenUnappliedAsync(string, TimeProvider, DuckDbEngineOptions, CancellationToken)"/>
    public async ValueTask<DataLake> OpenLakeUnappliedAsync(Terminal terminal, CancellationToken cancellation)
    {
        var lake = await DataLake.OpenUnappliedAsync(LakePath, terminal.Clock, Engine, cancellation);
        lake.Retention = Retention;
        return lake;
    }
}
