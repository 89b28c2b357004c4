namespace AdvertiseX.Kafka.Producing;

/// <summary>A record that becomes a message, or that cannot.</summary>
/// <param name="Offset">Where it stands in its file, unpacked; in Avro its container block.</param>
/// <param name="Ordinal">Which row at that offset.</param>
/// <param name="Start">Its key in the memory of its batch; the value follows.</param>
/// <param name="KeyLength">Bytes of the key; 0 for none.</param>
/// <param name="Length">Bytes of the value.</param>
/// <param name="Micros">Its own time; 0 where it tells none.</param>
/// <param name="Refusal">Why it cannot be a message; null if it can.</param>
internal readonly record struct OutgoingRecord(
    long Offset,
    int Ordinal,
    int Start,
    int KeyLength,
    int Length,
    long Micros,
    string? Refusal
);
