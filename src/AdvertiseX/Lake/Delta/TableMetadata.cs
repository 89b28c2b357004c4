using System.Text.Json;

namespace AdvertiseX.Lake.Delta;

/// <summary>What a table is.</summary>
/// <param name="Id">A GUID, made with the table.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="SchemaString">Its columns, see <see cref="DeltaSchema"/>.</param>
/// <param name="PartitionColumns">Names of partition columns.</param>
/// <param name="Configuration">Table properties.</param>
/// <param name="CreatedMillis">When it was made, millis since 1970 UTC.</param>
internal sealed record TableMetadata(
    string Id,
    string? Name,
    string SchemaString,
    IReadOnlyList<string> PartitionColumns,
    IReadOnlyDictionary<string, string?> Configuration,
    long? CreatedMillis
) : DeltaAction
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("metaData");
        json.WriteString("id", Id);
        if (Name is not null)
            json.WriteString("name", Name);
        json.WriteStartObject("format");
        json.WriteString("provider", "parquet");
        json.WriteStartObject("options");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("schemaString", SchemaString);
        json.WriteStartArray("partitionColumns");
        foreach (var column in PartitionColumns)
            json.WriteStringValue(column);
        json.WriteEndArray();
        DeltaJson.WriteMap(json, "configuration", Configuration);
        if (CreatedMillis is { } created)
            json.WriteNumber("createdTime", created);
        json.WriteEndObject();
    }

    internal static TableMetadata Parse(JsonElement metadata) =>
        new(
            metadata.GetProperty("id").GetString()!,
            DeltaJson.Text(metadata, "name"),
            metadata.GetProperty("schemaString").GetString()!,
            DeltaJson.Texts(metadata, "partitionColumns"),
            DeltaJson.ReadMap(metadata, "configuration"),
            DeltaJson.Number(metadata, "createdTime")
        );
}
