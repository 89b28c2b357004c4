using System.Text;
using System.Text.Json;

namespace AdvertiseX.Registry;

/// <summary>
/// The form of a schema's text in which two texts that say the same are equal: no white space, members in order of
/// their names, full names in place of namespaces, no objects around a mere type. Unlike Avro's parsing canonical form
/// it keeps defaults, aliases, documentation and all properties: a reader that resolves needs them, so schemas that
/// differ in them are two schemas.
/// </summary>
internal sealed class SchemaForm
{
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private readonly Utf8JsonWriter _json;

    private SchemaForm(Utf8JsonWriter json) => _json = json;

    /// <param name="schema">JSON that an Avro schema was parsed from.</param>
    /// <exception cref="InvalidOperationException">A text in it is not Unicode.</exception>
    public static string Of(JsonElement schema)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
            new SchemaForm(json).WriteSchema(schema, "");
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private void WriteSchema(JsonElement schema, string space)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.String:
                _json.WriteStringValue(Known(schema.GetString()!, space));
                break;
            case JsonValueKind.Array:
                _json.WriteStartArray();
                foreach (var branch in schema.EnumerateArray())
                    WriteSchema(branch, space);
                _json.WriteEndArray();
                break;
            default:
                WriteDeclared(schema, space);
                break;
        }
    }

    private void WriteDeclared(JsonElement schema, string space)
    {
        var type = schema.GetProperty("type");
        if (type.ValueKind != JsonValueKind.String)
        {
            WriteSchema(type, space);
            return;
        }

        switch (type.GetString())
        {
            case "record" or "error" or "enum" or "fixed":
                WriteNamed(schema, space);
                break;
            case "array" or "map":
                WriteMembers(
                    schema,
                    (name, value) =>
                    {
                        if (name is "items" or "values")
                            WriteSchema(value, space);
                        else
                            WriteValue(value);
                    }
                );
                break;
            case { } name when schema.EnumerateObject().Count() == 1:
                _json.WriteStringValue(Known(name, space));
                break;
            case { } name:
                WriteMembers(
                    schema,
                    (member, value) =>
                    {
                        if (member == "type")
                            _json.WriteStringValue(Known(name, space));
                        else
                            WriteValue(value);
                    }
                );
                break;
        }
    }

    private void WriteNamed(JsonElement schema, string space)
    {
        var around =
            schema.TryGetProperty("namespace", out var own) && own.ValueKind == JsonValueKind.String
                ? own.GetString()!
                : space;
        var name = Full(schema.GetProperty("name").GetString()!, around);
        _declared.Add(name);
        var inner = name.LastIndexOf('.') is > 0 and var dot ? name[..dot] : "";
        WriteMembers(
            schema,
            (member, value) =>
            {
                if (member == "name")
                    _json.WriteStringValue(name);
                else if (member == "aliases")
                    WriteAll(value, alias => _json.WriteStringValue(Full(alias.GetString()!, inner)));
                else if (member == "fields")
                    WriteAll(value, field => WriteField(field, inner));
                else
                    WriteValue(value);
            }
        );
    }

    private void WriteField(JsonElement field, string space) =>
        WriteMembers(
            field,
            (member, value) =>
            {
                if (member == "type")
                    WriteSchema(value, space);
                else
                    WriteValue(value);
            }
        );

    private void WriteMembers(JsonElement from, Action<string, JsonElement> write)
    {
        _json.WriteStartObject();
        foreach (var member in from.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            if (member.Name == "namespace")
                continue;
            _json.WritePropertyName(member.Name);
            write(member.Name, member.Value);
        }

        _json.WriteEndObject();
    }

    private void WriteAll(JsonElement from, Action<JsonElement> write)
    {
        _json.WriteStartArray();
        foreach (var item in from.EnumerateArray())
            write(item);
        _json.WriteEndArray();
    }

    /// <summary>Writes a value that is not a schema: a default, a text, a property.</summary>
    private void WriteValue(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _json.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    _json.WritePropertyName(member.Name);
                    WriteValue(member.Value);
                }

                _json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                WriteAll(value, WriteValue);
                break;
            case JsonValueKind.String:
                _json.WriteStringValue(value.GetString());
                break;
            default:
                _json.WriteRawValue(value.GetRawText());
                break;
        }
    }

    /// <summary>The full name of a type that is referred to; a primitive's name stays.</summary>
    private string Known(string name, string space) =>
        Full(name, space) is var full && _declared.Contains(full) ? full : name;

    private static string Full(string name, string space) =>
        name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : $"{space}.{name}";
}
