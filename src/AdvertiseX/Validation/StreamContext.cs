namespace AdvertiseX.Validation;

/// <summary>What all records of one stream share; the time received only those of a block.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="ReceivedMicros">When the records reached the platform, micros since 1970 UTC.</param>
/// <param name="HeaderForReplay">CSV header or Avro schema that rejects of the stream need.</param>
/// <param name="FileDate">The date that the name of the stream's file tells, or null.</param>
internal sealed record StreamContext(
    string Stream,
    long ReceivedMicros,
    ReadOnlyMemory<byte> HeaderForReplay = default,
    DateOnly? FileDate = null
);
