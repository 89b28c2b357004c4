using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AdvertiseX.Telemetry;

/// <summary>
/// Counts and durations of live streams as .NET metrics and activities, beside those of <see cref="IngestTelemetry"/>.
/// Nobody listening costs next to nothing. Thread-safe.
/// </summary>
internal sealed class LiveTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "AdvertiseX.Live";

    private const double MicrosPerSecond = 1_000_000;

    private readonly Meter _meter = new(Name);
    private readonly ActivitySource _activities = new(Name);
    private readonly ConcurrentDictionary<(string Topic, int Partition), long?> _lags = new();
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _tombstones;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _goneRecords;
    private readonly Counter<long> _events;
    private readonly Histogram<double> _freshness;

    public LiveTelemetry()
    {
        _messages = _meter.CreateCounter<long>("adx.live.messages", "{message}", "Messages read, by topic (topic).");
        _bytes = _meter.CreateCounter<long>("adx.live.bytes", "By", "Bytes of messages read, by topic (topic).");
        _tombstones = _meter.CreateCounter<long>(
            "adx.live.tombstones",
            "{message}",
            "Messages without a value, by topic (topic)."
        );
        _deadLetters = _meter.CreateCounter<long>("adx.live.dead_letters", "{message}", "Dead letters sent.");
        _goneRecords = _meter.CreateCounter<long>(
            "adx.live.gone_records",
            "{record}",
            "Records that retention removed before they were read, by topic (topic)."
        );
        _events = _meter.CreateCounter<long>(
            "adx.live.worker_events",
            "{event}",
            "Events of a worker, by kind (event): assigned, revoked and lost are the rebalances of its group."
        );
        _freshness = _meter.CreateHistogram<double>(
            "adx.live.freshness",
            "s",
            "Age of each event, from its own time to the commit that made it queryable, by table (kind).",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 20, 30, 60, 120, 300],
            }
        );
        _meter.CreateObservableGauge(
            "adx.live.partitions",
            () => _lags.Count,
            "{partition}",
            "Partitions that the worker reads now."
        );
        _meter.CreateObservableGauge(
            "adx.live.lag",
            () =>
                _lags
                    .Where(lag => lag.Value is not null)
                    .Select(lag => new Measurement<long>(
                        lag.Value!.Value,
                        new KeyValuePair<string, object?>("topic", lag.Key.Topic),
                        new KeyValuePair<string, object?>("partition", lag.Key.Partition)
                    )),
            "{record}",
            "Records of an assigned partition that were not read yet (topic, partition)."
        );
    }

    /// <summary>The process's own.</summary>
    public static LiveTelemetry Default { get; } = new();

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }

    /// <summary>Begins the activity of sending dead letters; null when nobody listens.</summary>
    public Activity? StartDeadLetters() => _activities.StartActivity("adx.live.dead_letters");

    /// <summary>Counts what was read of a topic.</summary>
    public void Read(string topic, long messages, long bytes, long tombstones)
    {
        var tag = new KeyValuePair<string, object?>("topic", topic);
        _messages.Add(messages, tag);
        _bytes.Add(bytes, tag);
        if (tombstones > 0)
            _tombstones.Add(tombstones, tag);
    }

    /// <summary>Notes how far behind a partition is.</summary>
    public void Lag(string topic, int partition, long records) => _lags[(topic, partition)] = records;

    /// <summary>A partition is this worker's now; how far behind it is is not known yet.</summary>
    public void Came(string topic, int partition) => _lags[(topic, partition)] = null;

    /// <summary>A partition is not this worker's any more.</summary>
    public void Left(string topic, int partition) => _lags.TryRemove((topic, partition), out _);

    public void DeadLetters(int sent)
    {
        if (sent > 0)
            _deadLetters.Add(sent);
    }

    public void Gone(string topic, long records) =>
        _goneRecords.Add(records, new KeyValuePair<string, object?>("topic", topic));

    public void Happened(string what) => _events.Add(1, new KeyValuePair<string, object?>("event", what));

    /// <summary>Records the age of each event of a table when its unit was in the ledger.</summary>
    /// <param name="kind">The table.</param>
    /// <param name="eventMicros">Times of the events.</param>
    /// <param name="nowMicros">The time of the commit.</param>
    public void Fresh(string kind, ReadOnlySpan<long> eventMicros, long nowMicros)
    {
        if (!_freshness.Enabled)
            return;
        var tag = new KeyValuePair<string, object?>("kind", kind);
        foreach (var time in eventMicros)
            _freshness.Record(Math.Max(0, nowMicros - time) / MicrosPerSecond, tag);
    }
}
