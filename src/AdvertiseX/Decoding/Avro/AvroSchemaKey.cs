namespace AdvertiseX.Decoding.Avro;

/// <summary>How a single message names its schema.</summary>
/// <param name="IsFingerprint">True: <paramref name="Value"/> is the CRC-64-AVRO fingerprint of the single-object
/// encoding; false: the 32-bit id that Confluent's registry gave.</param>
/// <param name="Value">Fingerprint or id.</param>
internal readonly record struct AvroSchemaKey(bool IsFingerprint, ulong Value);
