namespace AdvertiseX.Decoding.Avro;

/// <summary>A schema that is none, with the place and what is allowed there.</summary>
internal sealed class AvroSchemaException(string message) : Exception(message);
