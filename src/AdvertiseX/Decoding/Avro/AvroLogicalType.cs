namespace AdvertiseX.Decoding.Avro;

/// <summary>The logical types of the Avro specification 1.12. One that does not fit its base type is
/// <see cref="None"/>, as the specification has it.</summary>
internal enum AvroLogicalType
{
    None,
    Decimal,
    Uuid,
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,

    /// <summary>fixed(12): months, days, milliseconds, each a little-endian unsigned 32-bit number.</summary>
    Duration,
}
