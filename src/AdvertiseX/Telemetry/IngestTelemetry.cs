using System.Diagnostics;
using System.Diagnostics.Metrics;
using AdvertiseX.Events;

namespace AdvertiseX.Telemetry;

/// <summary>
/// Counts and durations of ingestion as .NET metrics and activities, which OpenTelemetry and other listeners collect by
/// the name <see cref="Name"/>. Nobody listening costs next to nothing. Thread-safe.
/// </summary>
public sealed class IngestTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "AdvertiseX.Ingestion";

    private readonly Meter _meter = new(Name);
    private readonly ActivitySource _activities = new(Name);
    private readonly Counter<long> _records;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _stagings;
    private readonly Histogram<double> _commitSeconds;
    private readonly Gauge<double> _lookback;

    public IngestTelemetry()
    {
        _records = _meter.CreateCounter<long>(
            "adx.ingest.records",
            "{record}",
            "Records committed, by kind (kind) and verdict (verdict)."
        );
        _commits = _meter.CreateCounter<long>("adx.ingest.commits", "{commit}", "Commits to the ingest ledger.");
        _stagings = _meter.CreateCounter<long>(
            "adx.ingest.stagings",
            "{staging}",
            "Times that the files of a unit were written: more than commits where another process committed a copy of one of its rows first."
        );
        _commitSeconds = _meter.CreateHistogram<double>(
            "adx.ingest.commit.duration",
            "s",
            "Time to judge, stage and commit a unit.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
            }
        );
        _lookback = _meter.CreateGauge<double>(
            "adx.ingest.lookback",
            "s",
            "How long ago a copy at another time may have arrived to be found (kind): less than the look-back where filters do not fit into memory."
        );
    }

    /// <summary>The process's own.</summary>
    public static IngestTelemetry Default { get; } = new();

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }

    /// <summary>Whether an instrument is one of these.</summary>
    internal bool Owns(Instrument instrument) => instrument.Meter == _meter;

    /// <summary>Begins the activity of a unit of live streams, a trace of its own, at the moment when its first record
    /// was read; null when nobody listens.</summary>
    internal Activity? StartUnit(DateTimeOffset since)
    {
        Activity.Current = null;
        return StartActivity("adx.ingest.unit", since);
    }

    /// <summary>Records the activity of reading and decoding a unit, which has just ended.</summary>
    internal void ReadSince(DateTimeOffset since) => StartActivity("adx.ingest.read", since)?.Dispose();

    /// <summary>Begins the activity of bringing one unit into the lake; null when nobody listens.</summary>
    internal Activity? StartCommit() => _activities.StartActivity("adx.ingest.commit");

    /// <summary>Begins the activity of telling duplicates apart; null when nobody listens.</summary>
    internal Activity? StartJudging() => _activities.StartActivity("adx.ingest.judge");

    /// <summary>Begins the activity of writing a unit's files; null when nobody listens.</summary>
    internal Activity? StartStaging() => _activities.StartActivity("adx.ingest.stage");

    /// <summary>Begins the activity of the ledger's commit; null when nobody listens.</summary>
    internal Activity? StartDeciding() => _activities.StartActivity("adx.ingest.decide");

    /// <summary>Begins the activity of adding a unit's files to their tables; null when nobody listens.</summary>
    internal Activity? StartApplying() => _activities.StartActivity("adx.ingest.apply");

    /// <summary>Counts that the files of a unit were written.</summary>
    internal void Staged() => _stagings.Add(1);

    /// <summary>Records how far back copies at another time are found.</summary>
    internal void LookedBack(EventKind kind, TimeSpan lookback) =>
        _lookback.Record(lookback.TotalSeconds, new KeyValuePair<string, object?>("kind", FactTables.Of(kind).Name));

    /// <summary>Counts a commit that took so long, and what became of the records of each of its streams, by event
    /// kind.</summary>
    internal void Committed(TimeSpan took, IEnumerable<KindCounts[]> streams)
    {
        _commits.Add(1);
        _commitSeconds.Record(took.TotalSeconds);
        if (!_records.Enabled)
            return;
        foreach (var counts in streams)
        {
            foreach (var kind in Enum.GetValues<EventKind>())
            {
                Records(kind, "accepted", counts[(int)kind].Accepted);
                Records(kind, "duplicate", counts[(int)kind].Duplicate);
                Records(kind, "rejected", counts[(int)kind].Rejected);
                Records(kind, "filtered", counts[(int)kind].Filtered);
            }
        }
    }

    private Activity? StartActivity(string name, DateTimeOffset since) =>
        _activities.StartActivity(name, ActivityKind.Internal, default(ActivityContext), startTime: since);

    private void Records(EventKind kind, string verdict, long count)
    {
        if (count > 0)
            _records.Add(
                count,
                new KeyValuePair<string, object?>("kind", FactTables.Of(kind).Name),
                new KeyValuePair<string, object?>("verdict", verdict)
            );
    }
}
