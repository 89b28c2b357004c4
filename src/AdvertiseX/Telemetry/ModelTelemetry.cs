using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AdvertiseX.Telemetry;

/// <summary>
/// Durations and freshness of models as .NET metrics and activities, beside those of <see cref="IngestTelemetry"/>.
/// Nobody listening costs next to nothing. Thread-safe.
/// </summary>
internal sealed class ModelTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "AdvertiseX.Models";

    private readonly Meter _meter = new(Name);
    private readonly ActivitySource _activities = new(Name);
    private readonly Counter<long> _refreshes;
    private readonly Histogram<double> _seconds;
    private readonly TimeProvider _clock;
    private long _current;

    /// <param name="clock">Measures how old models are.</param>
    public ModelTelemetry(TimeProvider clock)
    {
        _clock = clock;
        _refreshes = _meter.CreateCounter<long>(
            "adx.models.runs",
            "{run}",
            "Runs of all models beside a worker, by outcome (outcome): done or failed."
        );
        _seconds = _meter.CreateHistogram<double>(
            "adx.models.run.duration",
            "s",
            "Time of a run of all models beside a worker, by outcome (outcome).",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
            }
        );
        _meter.CreateObservableGauge(
            "adx.models.freshness",
            ReadFreshness,
            "s",
            "Time since the models of this worker held everything that was in the lake; no value before their first run."
        );
    }

    /// <summary>The process's own.</summary>
    public static ModelTelemetry Default { get; } = new(TimeProvider.System);

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }

    /// <summary>Begins the activity of a run of models; null when nobody listens.</summary>
    public Activity? StartRun() => _activities.StartActivity("adx.models.run");

    /// <summary>Begins the activity of the refresh of one model; null when nobody listens.</summary>
    public Activity? StartRefresh(string model) =>
        _activities.StartActivity("adx.models.refresh")?.SetTag("adx.model", model);

    /// <summary>The models hold everything that was in the lake at a moment.</summary>
    /// <param name="timestamp">The moment, of the clock.</param>
    public void Hold(long timestamp) => Interlocked.Exchange(ref _current, timestamp);

    /// <summary>Counts a run.</summary>
    public void Ran(TimeSpan took, bool isDone)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", isDone ? "done" : "failed");
        _refreshes.Add(1, outcome);
        _seconds.Record(took.TotalSeconds, outcome);
    }

    private IEnumerable<Measurement<double>> ReadFreshness() =>
        Interlocked.Read(ref _current) is var current and not 0
            ? [new(_clock.GetElapsedTime(current).TotalSeconds)]
            : [];
}
