namespace AdvertiseX.Decoding.Avro;

/// <summary>Knows the schemas that single messages name; null for one that it does not know. Called from every decoding
/// thread, once for each schema that it knows and for every message of one that it does not. What it throws is an
/// outage.</summary>
internal delegate AvroSchema? AvroSchemaSource(AvroSchemaKey key);
