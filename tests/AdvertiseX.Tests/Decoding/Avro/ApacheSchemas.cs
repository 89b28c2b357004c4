using System.Globalization;
using System.Text.Json.Nodes;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>Random schemas of all types that Apache's library knows, and schemas that read what these wrote.</summary>
internal sealed class ApacheSchemas(Random random)
{
    private readonly List<string> _named = [];
    private int _names;

    /// <summary>A record with a number of the row, and values of random types in a map.</summary>
    public JsonObject Root() =>
        Object(
            """
            {"type":"record","name":"Root","namespace":"org.example","fields":[{"name":"row","type":"long"}]}
            """,
            root =>
                root["fields"]!
                    .AsArray()
                    .Add(Field("targeting", Object("""{"type":"map"}""", map => map["values"] = Record(0))))
        );

    /// <summary>A schema that reads what another wrote: fields gone, fields new with a default, numbers
    /// wider.</summary>
    public JsonNode Evolved(JsonNode writer)
    {
        switch (writer)
        {
            case JsonValue name when name.ToString() is "int" or "long" or "float" && random.Next(3) == 0:
                string[] wider = name.ToString() switch
                {
                    "int" => ["long", "float", "double"],
                    "long" => ["float", "double"],
                    _ => ["double"],
                };
                return wider[random.Next(wider.Length)];
            case JsonObject { } record when record["type"]?.ToString() == "record":
                var evolved = record.DeepClone().AsObject();
                var fields = new JsonArray();
                foreach (
                    var field in record["fields"]!
                        .AsArray()
                        .Where(f => random.Next(6) > 0 || f!["name"]!.ToString() == "row" || Declares(f))
                )
                    fields.Add(Field(field!["name"]!.ToString(), Evolved(field["type"]!)));
                if (random.Next(3) == 0)
                    fields.Insert(random.Next(fields.Count + 1), NewField());
                evolved["fields"] = fields;
                return evolved;
            case JsonObject items when items["type"]?.ToString() is "array" or "map":
                var key = items["type"]!.ToString() == "array" ? "items" : "values";
                return Object(items.ToJsonString(), node => node[key] = Evolved(items[key]!));
            default:
                return writer.DeepClone();
        }
    }

    // A type that others may name later.
    private static bool Declares(JsonNode field) =>
        field["type"]!.ToJsonString().Contains("\"name\":", StringComparison.Ordinal);

    private JsonNode NewField() =>
        random.Next(4) switch
        {
            0 => JsonNode.Parse("""{"name":"fresh","type":["null","string"],"default":null}""")!,
            1 => JsonNode.Parse("""{"name":"fresh","type":"double","default":0.25}""")!,
            2 => JsonNode.Parse("""{"name":"fresh","type":{"type":"array","items":"long"},"default":[1,-2]}""")!,
            _ => JsonNode.Parse("""{"name":"fresh","type":"string","default":"näh"}""")!,
        };

    private JsonNode Any(int depth) =>
        random.Next(depth > 2 ? 14 : 20) switch
        {
            14 or 15 => Record(depth + 1),
            16 => Object("""{"type":"array"}""", node => node["items"] = Any(depth + 1)),
            17 => Object("""{"type":"map"}""", node => node["values"] = Any(depth + 1)),
            18 or 19 => Union(depth + 1),
            _ => Leaf(),
        };

    private JsonObject Record(int depth)
    {
        var name = $"R{_names++}";
        var fields = new JsonArray();
        for (var i = random.Next(1, 7); i > 0; i--)
            fields.Add(Field($"f{i}", Any(depth)));
        _named.Add(name);
        return new JsonObject
        {
            ["type"] = "record",
            ["name"] = name,
            ["fields"] = fields,
        };
    }

    private JsonArray Union(int depth)
    {
        // Made in the order in which they stand, so that no name is used before its type is declared.
        List<Func<JsonNode>> branches = [() => "null"];
        if (random.Next(2) == 0)
            branches.Add(() => "string");
        if (random.Next(3) == 0)
            branches.Add(() => "boolean");
        if (random.Next(3) == 0)
            branches.Add(() => random.Next(2) == 0 ? "long" : "int");
        if (random.Next(3) == 0)
            branches.Add(() => "bytes");
        if (random.Next(3) == 0)
            branches.Add(() => "double");
        if (random.Next(3) == 0)
            branches.Add(() => Record(depth));
        if (random.Next(4) == 0)
            branches.Add(() => Object("""{"type":"array"}""", node => node["items"] = Any(depth)));
        if (random.Next(4) == 0)
            branches.Add(() => Object("""{"type":"map"}""", node => node["values"] = Any(depth)));
        if (branches.Count == 1)
            branches.Add(() => "float");
        var union = new JsonArray();
        foreach (var branch in branches.OrderBy(_ => random.Next()).ToList())
            union.Add(branch());
        return union;
    }

    private JsonNode Leaf()
    {
        string[] plain = ["boolean", "int", "long", "float", "double", "bytes", "string", "string", "int", "long"];
        string[] times =
        [
            "timestamp-millis",
            "timestamp-micros",
            "local-timestamp-millis",
            "local-timestamp-micros",
            "time-micros",
        ];
        return random.Next(12) switch
        {
            0 => Logical("long", times[random.Next(times.Length)]),
            1 => Logical("int", random.Next(2) == 0 ? "date" : "time-millis"),
            2 => Logical("string", "uuid"),
            3 => Object(
                $$"""{"type":"bytes","logicalType":"decimal","precision":30,"scale":{{random.Next(25).ToString(CultureInfo.InvariantCulture)}}}""",
                _ => { }
            ),
            4 => new JsonObject
            {
                ["type"] = "enum",
                ["name"] = Named("E"),
                ["symbols"] = new JsonArray("A", "B_LONG", "C"),
            },
            5 => new JsonObject
            {
                ["type"] = "fixed",
                ["name"] = Named("F"),
                ["size"] = random.Next(1, 20),
            },
            // By its name, once it is complete.
            6 when _named.Count > 0 => _named[random.Next(_named.Count)],
            _ => plain[random.Next(plain.Length)],
        };
    }

    private string Named(string letter)
    {
        var name = $"{letter}{_names++}";
        _named.Add(name);
        return name;
    }

    private static JsonObject Logical(string type, string logical) =>
        new() { ["type"] = type, ["logicalType"] = logical };

    private static JsonObject Field(string name, JsonNode type) => new() { ["name"] = name, ["type"] = type };

    private static JsonObject Object(string json, Action<JsonObject> change)
    {
        var made = JsonNode.Parse(json)!.AsObject();
        change(made);
        return made;
    }
}
