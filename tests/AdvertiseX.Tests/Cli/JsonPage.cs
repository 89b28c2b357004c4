using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdvertiseX.Tests.Cli;

/// <summary>The tables of docs/json.md, and how far JSON is as they say.</summary>
internal sealed partial class JsonPage
{
    /// <summary>One row of a table.</summary>
    /// <param name="Path">Where the field is; the name of an array's element ends with [].</param>
    /// <param name="Type">A word of the page's list of types.</param>
    /// <param name="MayBeNull">What the last column says.</param>
    internal sealed record Field(string Path, string Type, bool MayBeNull)
    {
        public bool WasSeen { get; set; }

        /// <summary>{kind} and {rows} stand for the keys that the page names, any other {name} for one key, with dots
        /// in it too.</summary>
        public Regex Pattern { get; } =
            new(
                "^"
                    + Placeholder()
                        .Replace(
                            Regex.Escape(Path).Replace("\\{", "{", StringComparison.Ordinal),
                            name =>
                                name.Value switch
                                {
                                    "{kind}" => "(impressions|clicks|conversions|bid_requests)",
                                    "{rows}" => "(rows|totals)",
                                    _ => ".+",
                                }
                        )
                    + "$"
            );

        /// <summary>Whether an empty array or object at a path is the place of this field.</summary>
        public bool IsBelow(string path)
        {
            for (var end = Path.Length; end > 0; end = Path.LastIndexOf('.', end - 1))
                if (new Field(Path[..end], Type, true).Pattern.IsMatch(path))
                    return true;
            return false;
        }
    }

    private readonly Dictionary<string, List<(string Path, string Type, bool MayBeNull)>> _sections = [];

    public JsonPage()
    {
        List<(string, string, bool)>? rows = null;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "docs", "json.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                _sections[line[3..]] = rows = [];
            else if (rows is not null && line.StartsWith('|') && !line.StartsWith("|---", StringComparison.Ordinal))
            {
                var cells = line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray();
                if (cells[0] != "field")
                    rows.Add((cells[0].Trim('`'), cells[1], cells[^1] != "never"));
            }
        }
    }

    public IEnumerable<string> Sections => _sections.Keys;

    /// <summary>The fields of a section, with those of the sections that it names.</summary>
    public List<Field> FieldsOf(string section, string prefix = "")
    {
        var fields = new List<Field>();
        foreach (var (path, type, mayBeNull) in _sections[section])
        {
            if (type.StartsWith("as ", StringComparison.Ordinal))
            {
                var other = type[3..].Trim('`');
                var array = path.Length > 0 && IsArray(other) ? "[]" : "";
                fields.AddRange(FieldsOf(other, path.Length == 0 ? prefix : $"{prefix}{path}{array}."));
            }
            else
                fields.Add(new Field(prefix + path, type, mayBeNull));
        }

        return fields;
    }

    /// <summary>What is in a document and not as the fields say; marks those that it holds.</summary>
    public static IEnumerable<string> Faults(List<Field> fields, JsonElement element, string path = "")
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.EnumerateObject().Any():
                return element
                    .EnumerateObject()
                    .SelectMany(each =>
                        Faults(fields, each.Value, path.Length == 0 ? each.Name : $"{path}.{each.Name}")
                    );
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                var inside = path.Length == 0 ? "" : $"{path}[]";
                return element.EnumerateArray().SelectMany(each => Faults(fields, each, inside));
            case JsonValueKind.Array:
                return
                    path.Length == 0 || Mark(fields, $"{path}[]") || fields.Exists(field => field.IsBelow($"{path}[]"))
                    ? []
                    : [$"{path}[] is not there"];
            case JsonValueKind.Object:
                return fields.Exists(field => field.IsBelow(path)) ? [] : [$"{path} is not there"];
            default:
                return FaultOf(fields, element, path) is { } fault ? [fault] : [];
        }
    }

    private static string? FaultOf(List<Field> fields, JsonElement value, string path)
    {
        var isNull = value.ValueKind == JsonValueKind.Null;
        var field = fields.Find(field => field.Pattern.IsMatch(path));
        // A null in the place of an object.
        field ??= isNull ? fields.Find(field => field.IsBelow(path)) : null;
        if (field is null)
            return $"{path} is not there";
        if (isNull)
        {
            field.WasSeen |= field.Pattern.IsMatch(path);
            return field.MayBeNull ? null : $"{path} is null";
        }

        field.WasSeen = true;
        return IsOfType(field.Type, value) ? null : $"{path} is {field.Type}, and {value.GetRawText()} is not";
    }

    private static bool Mark(List<Field> fields, string path)
    {
        if (fields.Find(field => field.Path == path) is not { } field)
            return false;
        field.WasSeen = true;
        return true;
    }

    private static bool IsOfType(string type, JsonElement value) =>
        type switch
        {
            "text" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "bool" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "date" => value.ValueKind == JsonValueKind.String && Date().IsMatch(value.GetString()!),
            "time" => value.ValueKind == JsonValueKind.String
                && value.GetString()!.Contains('T', StringComparison.Ordinal)
                && value.TryGetDateTimeOffset(out _),
            _ => throw new InvalidOperationException($"{type} is no type of the page"),
        };

    // adx run prints an array.
    private static bool IsArray(string section) => section == "adx run";

    [GeneratedRegex("{[a-z]+}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d$")]
    private static partial Regex Date();
}
