using System.Text.Json;

namespace AdvertiseX.Lake.Delta;

/// <summary>A file leaves the table; it stays on disk for those who read older versions, until vacuum.</summary>
/// <param name="Path">Path relative to the table's folder, decoded.</param>
/// <param name="DeletedMillis">When it left, millis since 1970 UTC.</param>
/// <param name="DataChange">False when its rows live on in other files of the same commit.</param>
/// <param name="PartitionValues">Raw values by partition column.</param>
/// <param name="SizeBytes">Size of the file, where known.</param>
internal sealed record RemoveFile(
    string Path,
    long DeletedMillis,
    bool DataChange,
    IReadOnlyDictionary<string, string?> PartitionValues,
    long? SizeBytes
) : DeltaAction
{
    /// <summary>What takes <paramref name="file"/> out of its table.</summary>
    public static RemoveFile Of(AddFile file, DateTimeOffset now, bool dataChange) =>
        new(file.Path, now.ToUnixTimeMilliseconds(), dataChange, file.PartitionValues, file.SizeBytes);

    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("remove");
        json.WriteString("path", DeltaJson.EncodePath(Path));
        json.WriteNumber("deletionTimestamp", DeletedMillis);
        json.WriteBoolean("dataChange", DataChange);
        json.WriteBoolean("extendedFileMetadata", SizeBytes is not null);
        DeltaJson.WriteMap(json, "partitionValues", PartitionValues);
        if (SizeBytes is { } size)
            json.WriteNumber("size", size);
        json.WriteEndObject();
    }

    internal static RemoveFile Parse(JsonElement remove) =>
        new(
            DeltaJson.DecodePath(remove.GetProperty("path").GetString()!),
            DeltaJson.Number(remove, "deletionTimestamp") ?? 0,
            remove.TryGetProperty("dataChange", out var change) && change.ValueKind == JsonValueKind.True,
            DeltaJson.ReadMap(remove, "partitionValues"),
            DeltaJson.Number(remove, "size")
        );
}
