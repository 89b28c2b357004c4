namespace AdvertiseX.Decoding.Avro;

/// <summary>A field that the reader has and the writer has not.</summary>
/// <param name="Name">The reader's name.</param>
/// <param name="JsonKey">The name as a JSON string with its colon.</param>
/// <param name="Node">Reads <paramref name="Binary"/>.</param>
/// <param name="Binary">The default in Avro's binary form, pinned, so that it is read like any value.</param>
internal sealed record AvroNodeDefault(string Name, byte[] JsonKey, AvroNode Node, byte[] Binary);
