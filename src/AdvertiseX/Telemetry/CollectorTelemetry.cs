using System.Diagnostics.Metrics;

namespace AdvertiseX.Telemetry;

/// <summary>Counts and durations of the HTTP collector as .NET metrics. Nobody listening costs next to nothing.
/// Thread-safe.</summary>
internal sealed class CollectorTelemetry : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "AdvertiseX.Collector";

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _clicks;
    private Func<(int Requests, long Bytes)>? _inWork;

    public CollectorTelemetry()
    {
        _durations = _meter.CreateHistogram<double>(
            "adx.collector.request_duration",
            "s",
            "Requests and how long they took, by address (route) and HTTP status (status).",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                [
                    0.001,
                    0.0025,
                    0.005,
                    0.01,
                    0.025,
                    0.05,
                    0.1,
                    0.25,
                    0.5,
                    1,
                    2.5,
                    5,
                    10,
                    30,
                ],
            }
        );
        _bytes = _meter.CreateCounter<long>(
            "adx.collector.kept_bytes",
            "By",
            "Bytes of deliveries that were kept, decompressed, by feed (feed)."
        );
        _clicks = _meter.CreateCounter<long>(
            "adx.collector.clicks_not_kept",
            "{click}",
            "Clicks that led on and were not kept, or not in time."
        );
        _meter.CreateObservableGauge(
            "adx.collector.requests_in_work",
            () => _inWork?.Invoke().Requests ?? 0,
            "{request}",
            "Requests that are being answered."
        );
        _meter.CreateObservableGauge(
            "adx.collector.body_bytes",
            () => _inWork?.Invoke().Bytes ?? 0,
            "By",
            "Memory of the bodies of requests that are being answered."
        );
    }

    /// <summary>The process's own.</summary>
    public static CollectorTelemetry Default { get; } = new();

    public void Dispose() => _meter.Dispose();

    /// <summary>Says what is in work now.</summary>
    public void Watch(Func<(int Requests, long Bytes)>? inWork) => _inWork = inWork;

    /// <summary>A request was answered.</summary>
    /// <param name="route">Its address without what a sender chooses.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="time">How long it took.</param>
    public void Answered(string route, int status, TimeSpan time) =>
        _durations.Record(
            time.TotalSeconds,
            new KeyValuePair<string, object?>("route", route),
            new KeyValuePair<string, object?>("status", status)
        );

    /// <summary>A delivery was kept.</summary>
    public void Kept(string feed, long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("feed", feed));

    /// <summary>A click led on and was not kept.</summary>
    public void ClickNotKept() => _clicks.Add(1);
}
