using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Messages;

/// <summary>A schema that messages were written with.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Json">Its text, UTF-8.</param>
internal sealed record MessageSchema(AvroSchema Schema, ReadOnlyMemory<byte> Json);
