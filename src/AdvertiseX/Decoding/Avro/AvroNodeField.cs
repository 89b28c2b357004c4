namespace AdvertiseX.Decoding.Avro;

/// <summary>A field of a record in a decode plan.</summary>
/// <param name="Name">The reader's name; the writer's where the reader has none.</param>
/// <param name="JsonKey">The name as a JSON string with its colon.</param>
/// <param name="Node">How the value is read.</param>
/// <param name="Wanted">Whether the reader has the field; else it is skipped.</param>
internal sealed record AvroNodeField(string Name, byte[] JsonKey, AvroNode Node, bool Wanted);
