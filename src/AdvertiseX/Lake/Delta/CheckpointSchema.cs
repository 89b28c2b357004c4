using AdvertiseX.Parquet;

namespace AdvertiseX.Lake.Delta;

/// <summary>The columns of a classic checkpoint (Delta protocol, "Checkpoint Schema"), as Parquet and as Delta has
/// them.</summary>
internal static class CheckpointSchema
{
    private const string MapType =
        """{"type":"map","keyType":"string","valueType":"string","valueContainsNull":true}""";
    private const string ListType = """{"type":"array","elementType":"string","containsNull":true}""";

    public static readonly IReadOnlyList<NestedField> Fields =
    [
        NestedField.Struct("protocol", NestedField.Int32("minReaderVersion"), NestedField.Int32("minWriterVersion")),
        NestedField.Struct(
            "metaData",
            NestedField.Text("id"),
            NestedField.Text("name"),
            NestedField.Text("description"),
            NestedField.Struct("format", NestedField.Text("provider"), NestedField.TextMap("options")),
            NestedField.Text("schemaString"),
            NestedField.TextList("partitionColumns"),
            NestedField.Int64("createdTime"),
            NestedField.TextMap("configuration")
        ),
        NestedField.Struct(
            "txn",
            NestedField.Text("appId"),
            NestedField.Int64("version"),
            NestedField.Int64("lastUpdated")
        ),
        NestedField.Struct(
            "add",
            NestedField.Text("path"),
            NestedField.TextMap("partitionValues"),
            NestedField.Int64("size"),
            NestedField.Int64("modificationTime"),
            NestedField.Boolean("dataChange"),
            NestedField.TextMap("tags"),
            NestedField.Text("stats")
        ),
        NestedField.Struct(
            "remove",
            NestedField.Text("path"),
            NestedField.Int64("deletionTimestamp"),
            NestedField.Boolean("dataChange"),
            NestedField.Boolean("extendedFileMetadata"),
            NestedField.TextMap("partitionValues"),
            NestedField.Int64("size")
        ),
    ];

    /// <summary>
    /// The columns as a Delta schema, for <c>_last_checkpoint</c>. Readers then need not open the file to learn them;
    /// Delta 4.1 on Spark 4.1.4 fails when it has to (<c>docs/decisions/014-checkpoints.md</c>).
    /// </summary>
    public static readonly string AsDelta = StructOf(Fields);

    private static string StructOf(IReadOnlyList<NestedField> fields)
    {
        var parts = fields.Select(field =>
            $"{{\"name\":\"{field.Name}\",\"type\":{TypeOf(field)},\"nullable\":true,\"metadata\":{{}}}}"
        );
        return $"{{\"type\":\"struct\",\"fields\":[{string.Join(',', parts)}]}}";
    }

    private static string TypeOf(NestedField field) =>
        field.Type switch
        {
            ParquetType.Boolean => "\"boolean\"",
            ParquetType.Int32 => "\"integer\"",
            ParquetType.Int64 => "\"long\"",
            not null => "\"string\"",
            null => field.Meaning switch
            {
                NestedMeaning.Map => MapType,
                NestedMeaning.List => ListType,
                _ => StructOf(field.Children),
            },
        };
}
