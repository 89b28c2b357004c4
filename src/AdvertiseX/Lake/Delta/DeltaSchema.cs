using System.Text;
using System.Text.Json;
using AdvertiseX.Columns;

namespace AdvertiseX.Lake.Delta;

/// <summary>Columns of a Delta table, as <c>metaData.schemaString</c> holds them (Delta protocol, "Schema Serialization
/// Format").</summary>
internal sealed record DeltaSchema(IReadOnlyList<DeltaColumn> Columns)
{
    private static readonly string[] TypeNames =
    [
        "string",
        "long",
        "integer",
        "boolean",
        "double",
        "date",
        "timestamp",
        "binary",
    ];

    /// <summary>The schema of a table that ingestion writes.</summary>
    public static DeltaSchema Of(TableSchema table) =>
        new([.. table.Columns.Select(column => new DeltaColumn(column.Name, TypeOf(column.Type), column.Nullable))]);

    /// <summary>The column of that name, or null.</summary>
    public DeltaColumn? Find(string name) => Columns.FirstOrDefault(column => column.Name == name);

    /// <summary>Reads a schema string.</summary>
    /// <exception cref="DeltaException">It is no schema, or a column has a type that is not known here.</exception>
    public static DeltaSchema Parse(string schemaString)
    {
        try
        {
            using var document = JsonDocument.Parse(schemaString);
            return new([.. document.RootElement.GetProperty("fields").EnumerateArray().Select(ReadColumn)]);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DeltaException($"The schema string is no Delta schema: {broken.Message}", broken);
        }
    }

    /// <summary>The schema string.</summary>
    public string ToJson()
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "struct");
            json.WriteStartArray("fields");
            foreach (var column in Columns)
                WriteColumn(json, column);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>This schema with the columns of <paramref name="wanted"/> that it lacks, which must be
    /// nullable.</summary>
    /// <exception cref="DeltaException">A column is there with another type, or a missing one may not be
    /// null.</exception>
    public DeltaSchema With(DeltaSchema wanted)
    {
        var columns = Columns.ToList();
        foreach (var column in wanted.Columns)
        {
            if (Find(column.Name) is { } there)
            {
                if (there.Type != column.Type)
                    throw new DeltaException(
                        $"Column {column.Name} is {NameOf(there.Type)} in the lake and {NameOf(column.Type)} here."
                    );
            }
            else if (column.Nullable)
                columns.Add(column);
            else
                throw new DeltaException(
                    $"Column {column.Name} may not be null, and the files that are there lack it."
                );
        }
        return columns.Count == Columns.Count ? this : new(columns);
    }

    private static void WriteColumn(Utf8JsonWriter json, DeltaColumn column)
    {
        json.WriteStartObject();
        json.WriteString("name", column.Name);
        json.WriteString("type", NameOf(column.Type));
        json.WriteBoolean("nullable", column.Nullable);
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static DeltaColumn ReadColumn(JsonElement field)
    {
        var name = field.GetProperty("name").GetString()!;
        var type = field.GetProperty("type");
        var known = type.ValueKind == JsonValueKind.String ? Array.IndexOf(TypeNames, type.GetString()) : -1;
        if (known < 0)
            throw new DeltaException($"Column {name} has the type {type.GetRawText()}, which is not known here.");
        return new(name, (DeltaType)known, field.GetProperty("nullable").GetBoolean());
    }

    private static string NameOf(DeltaType type) => TypeNames[(int)type];

    private static DeltaType TypeOf(ColumnType type) =>
        type switch
        {
            ColumnType.Int64 => DeltaType.Long,
            ColumnType.Int32 => DeltaType.Integer,
            ColumnType.Boolean => DeltaType.Boolean,
            ColumnType.Timestamp => DeltaType.Timestamp,
            ColumnType.Date => DeltaType.Date,
            ColumnType.Text or ColumnType.Dictionary => DeltaType.String,
            ColumnType.Binary => DeltaType.Binary,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No Delta type is known for it."),
        };
}
