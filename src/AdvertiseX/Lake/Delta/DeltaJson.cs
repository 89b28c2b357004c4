using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AdvertiseX.Lake.Delta;

/// <summary>Shapes that recur in the JSON of a Delta log.</summary>
internal static class DeltaJson
{
    private const string Unescaped = "-._~/=";

    private static readonly JsonWriterOptions Options = new() { SkipValidation = false };

    /// <summary>One action a line, as a commit holds them.</summary>
    public static byte[] Lines(IEnumerable<DeltaAction> actions)
    {
        var buffer = new MemoryStream();
        foreach (var action in actions)
        {
            using (var json = new Utf8JsonWriter(buffer, Options))
            {
                json.WriteStartObject();
                action.Write(json);
                json.WriteEndObject();
            }
            buffer.WriteByte((byte)'\n');
        }
        return buffer.ToArray();
    }

    /// <summary>Reads the lines of a commit.</summary>
    /// <exception cref="DeltaException">A line is no action.</exception>
    public static List<DeltaAction> Read(ReadOnlyMemory<byte> lines, string key)
    {
        var actions = new List<DeltaAction>();
        var number = 0;
        while (!lines.IsEmpty)
        {
            number++;
            var end = lines.Span.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (line.Span.Trim(" \r\t"u8).IsEmpty)
                continue;
            if (ReadLine(line, $"{key}, line {number}") is { } action)
                actions.Add(action);
        }
        return actions;
    }

    /// <summary>Reads one action.</summary>
    public static DeltaAction? ReadLine(ReadOnlyMemory<byte> line, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return DeltaAction.Read(document.RootElement);
        }
        catch (Exception broken)
            when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new DeltaException($"{where}: {broken.Message}", broken);
        }
    }

    public static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string?> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    public static Dictionary<string, string?> ReadMap(JsonElement parent, string name)
    {
        var map = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (!parent.TryGetProperty(name, out var values) || values.ValueKind != JsonValueKind.Object)
            return map;
        foreach (var value in values.EnumerateObject())
        {
            map[value.Name] = value.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => value.Value.GetString(),
                _ => value.Value.GetRawText(),
            };
        }
        return map;
    }

    public static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public static long? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    public static IReadOnlyList<string> Texts(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? [.. values.EnumerateArray().Select(value => value.GetString()!)]
            : [];

    /// <summary>Rows that a file's statistics tell, or null.</summary>
    public static long? RowsOf(string? stats)
    {
        if (string.IsNullOrEmpty(stats))
            return null;
        if (LeadingRows(stats) is { } leading)
            return leading;
        try
        {
            using var document = JsonDocument.Parse(stats);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Number(document.RootElement, "numRecords")
                : null;
        }
        catch (JsonException)
        {
            // Statistics are optional and only speed things up; broken ones are none.
            return null;
        }
    }

    /// <summary>The number where it is what the statistics begin with, as every writer here has it.</summary>
    private static long? LeadingRows(string stats)
    {
        const string Start = "{\"numRecords\":";
        if (!stats.StartsWith(Start, StringComparison.Ordinal))
            return null;
        var number = stats.AsSpan(Start.Length);
        var end = number.IndexOfAny(',', '}');
        return end > 0 && long.TryParse(number[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            ? rows
            : null;
    }

    /// <summary>Percent-encodes a path as a URI: all but letters, digits, <c>- . _ ~ / =</c>.</summary>
    public static string EncodePath(string path)
    {
        if (IsUnreserved(path))
            return path;
        var encoded = new StringBuilder(path.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(path))
        {
            var letter = (char)octet;
            if (char.IsAsciiLetterOrDigit(letter) || Unescaped.Contains(letter, StringComparison.Ordinal))
                encoded.Append(letter);
            else
                encoded.Append('%').Append(octet.ToString("X2"));
        }
        return encoded.ToString();
    }

    private static bool IsUnreserved(string path)
    {
        foreach (var letter in path)
            if (!char.IsAsciiLetterOrDigit(letter) && !Unescaped.Contains(letter, StringComparison.Ordinal))
                return false;
        return true;
    }

    /// <summary>Decodes a path of the log.</summary>
    /// <exception cref="DeltaException">The path is not relative to its table.</exception>
    public static string DecodePath(string encoded)
    {
        if (encoded.StartsWith('/') || encoded.Contains("://", StringComparison.Ordinal))
            throw new DeltaException($"The path {encoded} is not relative to its table, which is not known here.");
        return Uri.UnescapeDataString(encoded);
    }
}
