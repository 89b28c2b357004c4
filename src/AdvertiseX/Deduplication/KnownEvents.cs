namespace AdvertiseX.Deduplication;

/// <summary>Receives a run of event keys, in the order of the file's rows.</summary>
internal delegate void KeyVisitor(ReadOnlySpan<long> keys);

/// <summary>Receives one stored event.</summary>
internal delegate void EventVisitor(long eventKey, ReadOnlySpan<byte> eventId, int payloadHash);

/// <summary>
/// How the duplicate check reads what the lake already holds: handed in by the pipeline, so that the check knows
/// neither Parquet nor Delta.
/// </summary>
/// <param name="ScanKeys">Streams the keys of one file, named by its key in the store.</param>
/// <param name="ReadEvents">Streams id and payload hash of the events of one file whose keys were found in the scan;
/// others may be among them.</param>
internal sealed record KnownEvents(
    Action<string, KeyVisitor> ScanKeys,
    Action<string, IReadOnlyList<KeyHit>, EventVisitor> ReadEvents
);
