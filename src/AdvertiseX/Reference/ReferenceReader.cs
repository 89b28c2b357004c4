using System.Text.Json;

namespace AdvertiseX.Reference;

/// <summary>
/// Reads a reference file record by record: CSV (RFC 4180 with a header) or JSON (an array of objects, or objects one
/// after the other). Lists of plain values are joined by <c>|</c>; objects in a list called <c>rates</c> become records
/// of their own behind the one that they stand in, with its campaign.
/// </summary>
internal static class ReferenceReader
{
    private static readonly JsonSerializerOptions JsonOptions = new() { MaxDepth = 16 };

    private const long MaxFileBytes = 4L << 30;

    /// <exception cref="ReferenceException">The file is not readable as CSV or JSON.</exception>
    public static IEnumerable<ReferenceRecord> Read(string path)
    {
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new ReferenceException($"{path} is larger than 4 GiB");
        return FirstByte(path) is (byte)'[' or (byte)'{' ? ReadJson(path) : ReadCsv(path);
    }

    private static byte FirstByte(string path)
    {
        using var file = File.OpenRead(path);
        int next;
        do next = file.ReadByte();
        while (next is ' ' or '\t' or '\r' or '\n' or 0xEF or 0xBB or 0xBF);
        return next < 0 ? throw new ReferenceException($"{path} is empty") : (byte)next;
    }

    private static IEnumerable<ReferenceRecord> ReadCsv(string path)
    {
        using var csv = new CsvRecords(path);
        var names = (Next(csv, path, 0) ?? []).Select(name => name.ToLowerInvariant()).ToArray();
        for (long row = 1; Next(csv, path, row) is { } fields; row++)
        {
            if (fields.Length != names.Length)
                throw new ReferenceException([
                    new(path, row, null, $"{fields.Length} fields", $"{names.Length} fields, as in the header"),
                ]);
            yield return new ReferenceRecord(path, row, names, fields);
        }
    }

    private static string[]? Next(CsvRecords csv, string path, long row)
    {
        try
        {
            return csv.Read();
        }
        catch (InvalidDataException broken)
        {
            throw new ReferenceException([new(path, row, null, broken.Message, "CSV")]);
        }
    }

    private static IEnumerable<ReferenceRecord> ReadJson(string path)
    {
        using var file = File.OpenRead(path);
        var objects = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(
            file,
            topLevelValues: FirstByte(path) == (byte)'{',
            JsonOptions
        );
        var cursor = objects.GetAsyncEnumerator();
        for (long row = 1; Next(cursor, path, row); row++)
        {
            if (cursor.Current.ValueKind != JsonValueKind.Object)
                throw new ReferenceException([new(path, row, null, cursor.Current.ValueKind.ToString(), "an object")]);
            foreach (var record in Records(path, row, cursor.Current))
                yield return record;
        }
    }

    private static bool Next(IAsyncEnumerator<JsonElement> cursor, string path, long row)
    {
        try
        {
            // A local file: nothing is gained by giving the thread away.
            return cursor.MoveNextAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (JsonException broken)
        {
            throw new ReferenceException([new(path, row, null, null, $"JSON ({broken.Message})")]);
        }
    }

    private static IEnumerable<ReferenceRecord> Records(string path, long row, JsonElement json)
    {
        var names = new List<string>();
        var values = new List<string?>();
        var rates = new List<JsonElement>();
        foreach (var property in json.EnumerateObject())
        {
            if (property.NameEquals("rates") && property.Value.ValueKind == JsonValueKind.Array)
            {
                rates.AddRange(property.Value.EnumerateArray());
                continue;
            }

            names.Add(property.Name.ToLowerInvariant());
            values.Add(Text(property.Value));
        }

        yield return new ReferenceRecord(path, row, names, values);
        var campaign = new ReferenceRecord(path, row, names, values).Find(["campaign_id"]);
        foreach (var rate in rates.Where(rate => rate.ValueKind == JsonValueKind.Object))
        {
            var parts = rate.EnumerateObject().ToList();
            yield return new ReferenceRecord(
                path,
                row,
                [.. parts.Select(part => part.Name.ToLowerInvariant()), "campaign_id"],
                [.. parts.Select(part => Text(part.Value)), campaign]
            );
        }
    }

    private static string? Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Array => string.Join('|', value.EnumerateArray().Select(Text)),
            _ => value.GetRawText(),
        };
}
