using AdvertiseX.Events;

namespace AdvertiseX.Deduplication;

/// <summary>Receives a run of event keys.</summary>
public delegate void KeyVisitor(ReadOnlySpan<long> keys);

/// <summary>Receives one stored event.</summary>
public delegate void EventVisitor(long eventKey, ReadOnlySpan<byte> eventId, int payloadHash);

/// <summary>
/// What the lake already holds, as far as the duplicate check needs it: handed in by the pipeline, so that the check knows neither
/// Parquet nor Delta. Files are those of the tables and those staged in the ledger and not yet applied.
/// </summary>
/// <param name="Files">Paths of the files of a kind whose events lie in the dates given (inclusive).</param>
/// <param name="ScanKeys">Streams the keys of one file.</param>
/// <param name="ReadEvents">Streams id and payload hash of those events of one file whose key is among the ones given.</param>
public sealed record KnownEvents(
    Func<EventKind, DateOnly, DateOnly, IReadOnlyList<string>> Files,
    Action<string, KeyVisitor> ScanKeys,
    Action<string, IReadOnlyCollection<long>, EventVisitor> ReadEvents);
