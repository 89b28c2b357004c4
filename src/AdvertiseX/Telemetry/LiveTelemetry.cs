using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AdvertiseX.Telemetry;

/// <summary>
/// Counts and durations of live streams as .NET metrics, beside those of <see cref="IngestTelemetry"/>. Nobody
/// listening costs next to nothing. Thread-safe.
/// </summary>
internal sealed class LiveTelemetry : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "AdvertiseX.Live";

    private readonly Meter _meter = new(Name);
    private readonly ConcurrentDictionary<(string Topic, int Partition), long> _lags = new();
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
            "What happened to a worker: assigned, revoked, lost, taken, outage, recreated, records_gone (event)."
        );
        _freshness = _meter.CreateHistogram<double>(
            "adx.live.freshness",
            "s",
            "Age of the newest event of a kind (kind) when it became queryable.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 20, 30, 60, 120, 300],
            }
        );
        _meter.CreateObservableGauge(
            "adx.live.lag",
            () =>
                _lags.Select(lag => new Measurement<long>(
                    lag.Value,
                    new KeyValuePair<string, object?>("topic", lag.Key.Topic),
                    new KeyValuePair<string, object?>("partition", lag.Key.Partition)
                )),
            "{record}",
            "Records of an assigned partition that were not read yet (topic, partition)."
        );
    }

    /// <summary>The process's own.</summary>
    public static LiveTelemetry Default { get; } = new();

    public void Dispose() => _meter.Dispose();

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

    /// <summary>Records the age of the newest event of a table when its unit was in the ledger.</summary>
    public void Fresh(string kind, TimeSpan age) =>
        _freshness.Record(age.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
}
