using System.Text;
using System.Text.Json;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>Statistics of a file that holds the rows of several (Delta protocol, "Per-file Statistics").</summary>
internal static class MergedStatistics
{
    /// <summary>
    /// Row counts and null counts add up; least and greatest values are those over all files, and only of columns for
    /// which every file has them. Null when a file has no statistics.
    /// </summary>
    public static string? Of(IReadOnlyList<string?> files)
    {
        var documents = new List<JsonDocument>();
        try
        {
            foreach (var stats in files)
            {
                if (stats is null)
                    return null;
                documents.Add(JsonDocument.Parse(stats));
            }
            return Merge([.. documents.Select(document => document.RootElement)]);
        }
        catch (JsonException)
        {
            // Statistics are optional: a file whose statistics are broken has none.
            return null;
        }
        finally
        {
            foreach (var document in documents)
                document.Dispose();
        }
    }

    /// <summary>
    /// Statistics of a file with some of the rows: their number, their event times, and which columns hold a value in
    /// every row or in none, where that is so in every input.
    /// </summary>
    public static string OfSlice(IReadOnlyList<string?> files, long rows, TimeRange times)
    {
        var (least, greatest) = (DeltaStatistics.Timestamp(times.Least), DeltaStatistics.Timestamp(times.Greatest));
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", rows);
            json.WriteStartObject("minValues");
            json.WriteString(LakeTable.TimeColumn, least);
            json.WriteEndObject();
            json.WriteStartObject("maxValues");
            json.WriteString(LakeTable.TimeColumn, greatest);
            json.WriteEndObject();
            json.WriteStartObject("nullCount");
            json.WriteNumber(LakeTable.TimeColumn, 0);
            foreach (var (column, areNull) in EvenColumns(Of(files)))
                json.WriteNumber(column, areNull ? rows : 0);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // Columns of merged statistics that are null in no row or in every row.
    private static List<(string Column, bool AreNull)> EvenColumns(string? merged)
    {
        if (merged is null)
            return [];
        using var document = JsonDocument.Parse(merged);
        var rows = document.RootElement.GetProperty("numRecords").GetInt64();
        return
        [
            .. document
                .RootElement.GetProperty("nullCount")
                .EnumerateObject()
                .Where(column => column.Name != LakeTable.TimeColumn)
                .Select(column => (column.Name, Nulls: column.Value.GetInt64()))
                .Where(column => column.Nulls == 0 || column.Nulls == rows)
                .Select(column => (column.Name, column.Nulls > 0)),
        ];
    }

    private static string? Merge(List<JsonElement> files)
    {
        if (!files.All(file => file.ValueKind == JsonValueKind.Object && file.TryGetProperty("numRecords", out _)))
            return null;
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", files.Sum(file => file.GetProperty("numRecords").GetInt64()));
            WriteBounds(json, "minValues", files, least: true);
            WriteBounds(json, "maxValues", files, least: false);
            WriteNullCounts(json, files);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteBounds(Utf8JsonWriter json, string name, List<JsonElement> files, bool least)
    {
        json.WriteStartObject(name);
        foreach (var (column, values) in ColumnsOfAll(files, name))
        {
            if (Extreme(values, least) is not { } value)
                continue;
            json.WritePropertyName(column);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static void WriteNullCounts(Utf8JsonWriter json, List<JsonElement> files)
    {
        json.WriteStartObject("nullCount");
        foreach (var (column, values) in ColumnsOfAll(files, "nullCount"))
            if (values.All(value => value.ValueKind == JsonValueKind.Number))
                json.WriteNumber(column, values.Sum(value => value.GetInt64()));
        json.WriteEndObject();
    }

    private static IEnumerable<(string Column, List<JsonElement> Values)> ColumnsOfAll(
        List<JsonElement> files,
        string group
    )
    {
        if (!files.All(file => file.TryGetProperty(group, out var values) && values.ValueKind == JsonValueKind.Object))
            yield break;
        foreach (var column in files[0].GetProperty(group).EnumerateObject())
        {
            var values = new List<JsonElement>();
            foreach (var file in files)
                if (file.GetProperty(group).TryGetProperty(column.Name, out var value))
                    values.Add(value);
            if (values.Count == files.Count)
                yield return (column.Name, values);
        }
    }

    /// <summary>Texts (times and dates among them, which are all spelled alike) compare by code point, numbers by
    /// value.</summary>
    private static JsonElement? Extreme(List<JsonElement> values, bool least)
    {
        var extreme = values[0];
        foreach (var value in values.Skip(1))
        {
            if (Compare(value, extreme) is not { } order)
                return null;
            if (least ? order < 0 : order > 0)
                extreme = value;
        }
        return extreme.ValueKind is JsonValueKind.String or JsonValueKind.Number ? extreme : null;
    }

    private static int? Compare(JsonElement one, JsonElement other) =>
        (one.ValueKind, other.ValueKind) switch
        {
            (JsonValueKind.String, JsonValueKind.String) => Encoding
                .UTF8.GetBytes(one.GetString()!)
                .AsSpan()
                .SequenceCompareTo(Encoding.UTF8.GetBytes(other.GetString()!)),
            (JsonValueKind.Number, JsonValueKind.Number) => one.TryGetInt64(out var left)
            && other.TryGetInt64(out var right)
                ? left.CompareTo(right)
                : one.GetDouble().CompareTo(other.GetDouble()),
            _ => null,
        };
}
