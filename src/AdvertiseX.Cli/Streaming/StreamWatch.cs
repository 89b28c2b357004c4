using System.Diagnostics;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Server;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Cli.Streaming;

/// <summary>What lets others watch a worker while it runs: its log, its health, and what it exports over
/// HTTP.</summary>
internal sealed class StreamWatch : IAsyncDisposable
{
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(10);
    private readonly TelemetryExport _export;
    private readonly ActivityListener? _traceIds;
    private HttpService? _pages;

    private StreamWatch(AdxSettings settings, EventLog log, TimeProvider clock)
    {
        var patience = settings.Live.CommitInterval * settings.Telemetry.ReadyIntervals;
        Log = log;
        Health = new WorkerHealth(clock, patience > LeastPatience ? patience : LeastPatience);
        _export = TelemetryExport.Start(settings.Telemetry, settings.Telemetry.Listen is not null);
        if (log.IsJson)
            ActivitySource.AddActivityListener(_traceIds = TraceIds());
    }

    public EventLog Log { get; }

    public WorkerHealth Health { get; }

    /// <summary>Begins to collect, and to answer where the settings say so.</summary>
    /// <exception cref="IOException">The address is taken, or is none of this machine.</exception>
    public static async Task<StreamWatch> StartAsync(AdxSettings settings, EventLog log, TimeProvider clock)
    {
        var watch = new StreamWatch(settings, log, clock);
        if (settings.Telemetry.Listen is not { } listen)
            return watch;
        try
        {
            watch._pages = await HttpService.StartAsync(
                listen,
                pages => WatchPages.Map(pages, watch._export.Metrics!, watch.Health.Reasons)
            );
        }
        catch
        {
            await watch.DisposeAsync();
            throw;
        }

        log.Write(
            "info",
            "listening",
            $"metrics and health at http://{watch._pages.EndPoint}",
            new Dictionary<string, object> { ["address"] = $"http://{watch._pages.EndPoint}" }
        );
        return watch;
    }

    /// <summary>Takes a notice that is not the worker's own: those of the registry and the models.</summary>
    public void Take(KafkaNotice notice)
    {
        LiveTelemetry.Default.Happened(notice.Code);
        Health.Take(notice);
        Log.Write(notice);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pages is not null)
            await _pages.DisposeAsync();
        _export.Dispose();
        _traceIds?.Dispose();
    }

    // Lines of JSON have trace ids, whether traces are exported or not.
    private static ActivityListener TraceIds() =>
        new()
        {
            ShouldListenTo = source => TelemetrySources.Activities.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
        };
}
