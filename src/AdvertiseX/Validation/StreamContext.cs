namespace AdvertiseX.Validation;

/// <summary>What all records of one stream share.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="ReceivedMicros">When the records reached the platform, micros since 1970 UTC.</param>
/// <param name="HeaderForReplay">CSV header or Avro schema that rejects of the stream need.</param>
public sealed record StreamContext(string Stream, long ReceivedMicros, ReadOnlyMemory<byte> HeaderForReplay = default);
