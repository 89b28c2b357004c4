using System.Text;
using System.Text.Json;

namespace AdvertiseX.Decoding.Avro;

/// <summary>Reads the JSON form of a schema.</summary>
internal sealed class AvroSchemaParser
{
    private const int MaxJsonBytes = 16 << 20;
    private const int MaxNesting = 128;
    private const int MaxFixedBytes = 64 << 20;
    private static readonly string[] Primitives =
    [
        "null",
        "boolean",
        "int",
        "long",
        "float",
        "double",
        "bytes",
        "string",
    ];
    private readonly Dictionary<string, AvroSchema> _named = new(StringComparer.Ordinal);

    public static AvroSchema Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxJsonBytes)
            throw new AvroSchemaException($"the schema has {json.Length} bytes; at most {MaxJsonBytes}");
        try
        {
            var text = json.TrimStart(Encoding.UTF8.Preamble).ToArray();
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxNesting });
            return new AvroSchemaParser().Read(document.RootElement, "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            // GetString throws InvalidOperationException on text that is no UTF-8.
            throw new AvroSchemaException($"the schema is no JSON that can be read: {e.Message}");
        }
    }

    private AvroSchema Read(JsonElement json, string space) =>
        json.ValueKind switch
        {
            JsonValueKind.String => Named(json.GetString()!, space),
            JsonValueKind.Array => Union(json, space),
            JsonValueKind.Object => Declared(json, space),
            _ => throw new AvroSchemaException(
                $"a schema is '{Cut(json)}'; allowed are a name, an object, or an array for a union"
            ),
        };

    private AvroSchema Named(string name, string space)
    {
        var primitive = Array.IndexOf(Primitives, name);
        if (primitive >= 0)
            return new AvroSchema((AvroType)primitive);
        return _named.GetValueOrDefault(FullName(name, space))
            ?? _named.GetValueOrDefault(name)
            ?? throw new AvroSchemaException($"the type '{name}' is not declared before it is used");
    }

    private AvroSchema Union(JsonElement json, string space)
    {
        var branches = json.EnumerateArray().Select(b => Read(b, space)).ToArray();
        if (branches.Any(b => b.Type == AvroType.Union))
            throw new AvroSchemaException("a union holds a union; a union may hold any other type");
        return new AvroSchema(AvroType.Union) { Branches = branches };
    }

    private AvroSchema Declared(JsonElement json, string space)
    {
        if (!json.TryGetProperty("type", out var type))
            throw new AvroSchemaException($"'{Cut(json)}' has no type");
        if (type.ValueKind != JsonValueKind.String)
            return Read(type, space);
        return type.GetString() switch
        {
            "record" or "error" => Record(json, space),
            "enum" => Enum(json, space),
            "fixed" => Fixed(json, space),
            "array" => new AvroSchema(AvroType.Array) { Item = Read(Needed(json, "items"), space) },
            "map" => new AvroSchema(AvroType.Map) { Item = Read(Needed(json, "values"), space) },
            { } name => Annotated(Named(name, space), json),
            null => throw new AvroSchemaException($"'{Cut(json)}' has no type"),
        };
    }

    /// <summary>A primitive declared as an object, which may carry a logical type.</summary>
    private static AvroSchema Annotated(AvroSchema plain, JsonElement json)
    {
        var logical = Logical(json, plain.Type, 0, out var precision, out var scale);
        return logical == AvroLogicalType.None
            ? plain
            : new AvroSchema(plain.Type)
            {
                Logical = logical,
                Precision = precision,
                Scale = scale,
            };
    }

    private AvroSchema Record(JsonElement json, string space)
    {
        var name = NameOf(json, space);
        var inner = SpaceOf(name);
        var record = Declare(new AvroSchema(AvroType.Record) { Name = name, Aliases = AliasesOf(json, inner) });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var fields = new List<AvroField>();
        foreach (var field in Elements(json, "fields"))
        {
            var fieldName = TextOf(field, "name") ?? throw new AvroSchemaException($"a field of {name} has no name");
            if (!seen.Add(fieldName))
                throw new AvroSchemaException($"{name} has two fields '{fieldName}'");
            JsonElement? defaultValue = field.TryGetProperty("default", out var value) ? value.Clone() : null;
            fields.Add(
                new AvroField(fieldName, Read(Needed(field, "type"), inner), Texts(field, "aliases"), defaultValue)
            );
        }

        record.Fields = fields;
        return record;
    }

    private AvroSchema Enum(JsonElement json, string space)
    {
        var name = NameOf(json, space);
        return Declare(
            new AvroSchema(AvroType.Enum)
            {
                Name = name,
                Aliases = AliasesOf(json, SpaceOf(name)),
                Symbols = Texts(json, "symbols"),
                DefaultSymbol = TextOf(json, "default"),
            }
        );
    }

    private AvroSchema Fixed(JsonElement json, string space)
    {
        var name = NameOf(json, space);
        if (!TryInt(Needed(json, "size"), out var size) || size is < 0 or > MaxFixedBytes)
            throw new AvroSchemaException(
                $"the size of fixed {name} is '{Cut(Needed(json, "size"))}'; allowed are 0 to {MaxFixedBytes}"
            );
        var logical = Logical(json, AvroType.Fixed, size, out var precision, out var scale);
        return Declare(
            new AvroSchema(AvroType.Fixed)
            {
                Name = name,
                Aliases = AliasesOf(json, SpaceOf(name)),
                Size = size,
                Logical = logical,
                Precision = precision,
                Scale = scale,
            }
        );
    }

    private AvroSchema Declare(AvroSchema schema) =>
        _named.TryAdd(schema.Name, schema)
            ? schema
            : throw new AvroSchemaException($"the type '{schema.Name}' is declared twice");

    private static AvroLogicalType Logical(JsonElement json, AvroType type, int size, out int precision, out int scale)
    {
        precision = 0;
        scale = 0;
        var name = TextOf(json, "logicalType");
        if (name == "decimal" && type is (AvroType.Bytes or AvroType.Fixed))
        {
            precision = NumberOf(json, "precision");
            scale = NumberOf(json, "scale");
            return precision is > 0 and <= 1000 && scale >= 0 && scale <= precision
                ? AvroLogicalType.Decimal
                : AvroLogicalType.None;
        }

        return (name, type) switch
        {
            ("uuid", AvroType.String) => AvroLogicalType.Uuid,
            ("uuid", AvroType.Fixed) when size == 16 => AvroLogicalType.Uuid,
            ("duration", AvroType.Fixed) when size == 12 => AvroLogicalType.Duration,
            ("date", AvroType.Int) => AvroLogicalType.Date,
            ("time-millis", AvroType.Int) => AvroLogicalType.TimeMillis,
            ("time-micros", AvroType.Long) => AvroLogicalType.TimeMicros,
            ("timestamp-millis", AvroType.Long) => AvroLogicalType.TimestampMillis,
            ("timestamp-micros", AvroType.Long) => AvroLogicalType.TimestampMicros,
            ("timestamp-nanos", AvroType.Long) => AvroLogicalType.TimestampNanos,
            ("local-timestamp-millis", AvroType.Long) => AvroLogicalType.LocalTimestampMillis,
            ("local-timestamp-micros", AvroType.Long) => AvroLogicalType.LocalTimestampMicros,
            ("local-timestamp-nanos", AvroType.Long) => AvroLogicalType.LocalTimestampNanos,
            _ => AvroLogicalType.None,
        };
    }

    /// <summary>A dotted name is full already; else the type's own namespace counts, else the one around it.</summary>
    private static string NameOf(JsonElement json, string space)
    {
        var name = TextOf(json, "name");
        if (string.IsNullOrEmpty(name))
            throw new AvroSchemaException($"'{Cut(json)}' has no name; records, enums and fixed need one");
        return FullName(name, TextOf(json, "namespace") ?? space);
    }

    private static string FullName(string name, string space) =>
        name.Contains('.') || space.Length == 0 ? name : $"{space}.{name}";

    private static string SpaceOf(string fullName) =>
        fullName.LastIndexOf('.') is > 0 and var dot ? fullName[..dot] : "";

    private static string[] AliasesOf(JsonElement json, string space) =>
        [.. Texts(json, "aliases").Select(a => FullName(a, space))];

    private static JsonElement Needed(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value)
            ? value
            : throw new AvroSchemaException($"'{Cut(json)}' has no {key}");

    private static IEnumerable<JsonElement> Elements(JsonElement json, string key)
    {
        var value = Needed(json, key);
        if (value.ValueKind != JsonValueKind.Array)
            throw new AvroSchemaException($"{key} is '{Cut(value)}'; it must be an array");
        foreach (var element in value.EnumerateArray())
            yield return element;
    }

    private static string[] Texts(JsonElement json, string key)
    {
        if (key == "aliases" && !json.TryGetProperty(key, out _))
            return [];
        return
        [
            .. Elements(json, key)
                .Select(e =>
                    e.ValueKind == JsonValueKind.String
                        ? e.GetString()!
                        : throw new AvroSchemaException($"{key} holds '{Cut(e)}'; it must hold texts")
                ),
        ];
    }

    private static string? TextOf(JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static int NumberOf(JsonElement json, string key) =>
        json.TryGetProperty(key, out var value) && TryInt(value, out var number) ? number : 0;

    private static bool TryInt(JsonElement json, out int number)
    {
        number = 0;
        return json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out number);
    }

    private static string Cut(JsonElement json)
    {
        var text = json.GetRawText();
        return text.Length <= 80 ? text : text[..80] + "…";
    }
}
