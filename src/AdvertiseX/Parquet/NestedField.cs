namespace AdvertiseX.Parquet;

/// <summary>
/// A column of a <see cref="NestedFileWriter"/>, or a group of them, as the file's schema has it. Immutable.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Physical type; null for a group.</param>
/// <param name="Repetition">How often it may stand in its group.</param>
/// <param name="Children">Columns of a group.</param>
internal sealed record NestedField(
    string Name,
    ParquetType? Type,
    NestedRepetition Repetition,
    IReadOnlyList<NestedField> Children
)
{
    /// <summary>What its values mean beside their physical type.</summary>
    public NestedMeaning Meaning { get; private init; }

    public static NestedField Text(string name, bool required = false) =>
        Leaf(name, ParquetType.ByteArray, required, NestedMeaning.Text);

    public static NestedField Int64(string name, bool required = false) => Leaf(name, ParquetType.Int64, required);

    public static NestedField Int32(string name, bool required = false) => Leaf(name, ParquetType.Int32, required);

    public static NestedField Double(string name, bool required = false) => Leaf(name, ParquetType.Double, required);

    public static NestedField Boolean(string name, bool required = false) => Leaf(name, ParquetType.Boolean, required);

    /// <summary>Microseconds since 1970 UTC.</summary>
    public static NestedField Timestamp(string name, bool required = false) =>
        Leaf(name, ParquetType.Int64, required, NestedMeaning.Timestamp);

    /// <summary>A group that may be absent.</summary>
    public static NestedField Struct(string name, params IReadOnlyList<NestedField> children) =>
        new(name, null, NestedRepetition.Optional, children);

    /// <summary>A map of texts to texts that may be null (LogicalTypes.md, "Maps").</summary>
    public static NestedField TextMap(string name) =>
        Struct(
            name,
            new NestedField("key_value", null, NestedRepetition.Repeated, [Text("key", required: true), Text("value")])
        ) with
        {
            Meaning = NestedMeaning.Map,
        };

    /// <summary>A list of texts (LogicalTypes.md, "Lists").</summary>
    public static NestedField TextList(string name) =>
        Struct(name, new NestedField("list", null, NestedRepetition.Repeated, [Text("element")])) with
        {
            Meaning = NestedMeaning.List,
        };

    private static NestedField Leaf(
        string name,
        ParquetType type,
        bool required,
        NestedMeaning meaning = NestedMeaning.None
    ) => new(name, type, required ? NestedRepetition.Required : NestedRepetition.Optional, []) { Meaning = meaning };
}
