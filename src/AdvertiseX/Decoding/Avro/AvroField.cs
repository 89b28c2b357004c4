using System.Text.Json;

namespace AdvertiseX.Decoding.Avro;

/// <summary>A field of a record schema.</summary>
/// <param name="Name">As the schema spells it.</param>
/// <param name="Schema">Type of its values.</param>
/// <param name="Aliases">Names that a writer may have used instead.</param>
/// <param name="Default">JSON form of the value that a reader takes where the writer has none; null where there is none
/// (a default of null is a JSON null).</param>
internal sealed record AvroField(string Name, AvroSchema Schema, IReadOnlyList<string> Aliases, JsonElement? Default);
