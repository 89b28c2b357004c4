namespace AdvertiseX.Decoding.Avro;

/// <summary>A schema that is none, with the place and what is allowed there.</summary>
public sealed class AvroSchemaException(string message) : Exception(message);
