using System.Text.Json;
using AdvertiseX.Compression;
using AdvertiseX.Sources;

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

    /// <exception cref="ReferenceException">The file is not readable as CSV or JSON, or a text in it is not
    /// UTF-8.</exception>
    public static IEnumerable<ReferenceRecord> Read(string path)
    {
        if (FileType.Fault(path) is { } fault)
            throw new ReferenceException($"{path} is {fault}");
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new ReferenceException($"{path} is larger than 4 GiB");
        RequireNotCompressed(path);
        return FirstByte(path) is (byte)'[' or (byte)'{' ? ReadJson(path) : ReadCsv(path);
    }

    /// <summary>The columns that a CSV file names, in lower case; null for JSON, whose objects name them.</summary>
    /// <exception cref="ReferenceException">The file is not readable as CSV.</exception>
    public static IReadOnlyList<string>? HeaderOf(string path)
    {
        if (FirstByte(path) is (byte)'[' or (byte)'{')
            return null;
        using var csv = new CsvRecords(path);
        return Header(csv, path);
    }

    private static string[] Header(CsvRecords csv, string path)
    {
        var names = (Next(csv, path, 0) ?? []).Select(name => name.ToLowerInvariant()).ToArray();
        foreach (var name in names)
            RequireText(path, 0, null, name);
        return names;
    }

    private static void RequireNotCompressed(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[Decompression.HeadBytes];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (Decompression.Detect(head) != CompressionFormat.None)
            throw new ReferenceException($"{path} is compressed; decompress it first");
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
        var names = Header(csv, path);
        for (long row = 1; Next(csv, path, row) is { } fields; row++)
        {
            if (fields.Length != names.Length)
                throw new ReferenceException([
                    new(path, row, null, $"{fields.Length} fields", $"{names.Length} fields, as in the header"),
                ]);
            for (var i = 0; i < names.Length; i++)
                RequireText(path, row, names[i], fields[i]);
            yield return new ReferenceRecord(path, row, names, fields);
        }
    }

    // The readers put U+FFFD in the place of bytes that are not UTF-8.
    private static void RequireText(string path, long row, string? column, string? text)
    {
        var at = text.AsSpan().IndexOfAny('\0', '\uFFFD');
        if (at >= 0)
            throw new ReferenceException([
                new(path, row, column, text, text![at] == '\0' ? "text without a NUL character" : "text in UTF-8"),
            ]);
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
        var rates = new List<JsonElement>();
        var record = RecordOf(path, row, json, rates);
        yield return record;
        var campaign = record.Find(["campaign_id"]);
        foreach (var rate in rates.Where(rate => rate.ValueKind == JsonValueKind.Object))
        {
            var own = RecordOf(path, row, rate, null);
            yield return own.Names.Contains("campaign_id")
                ? own
                : own with
                {
                    Names = [.. own.Names, "campaign_id"],
                    Values = [.. own.Values, campaign],
                };
        }
    }

    /// <summary>The fields of an object; those of a list called <c>rates</c> are added to
    /// <paramref name="rates"/>.</summary>
    private static ReferenceRecord RecordOf(string path, long row, JsonElement json, List<JsonElement>? rates)
    {
        var names = new List<string>();
        var values = new List<string?>();
        foreach (var property in json.EnumerateObject())
        {
            var name = Decoded(path, row, null, property, property => property.Name.ToLowerInvariant())!;
            RequireText(path, row, null, name);
            if (rates != null && name == "rates" && property.Value.ValueKind == JsonValueKind.Array)
            {
                rates.AddRange(property.Value.EnumerateArray());
                continue;
            }

            if (HasObject(property.Value) && ReferenceLayout.IsKnown(name))
                throw new ReferenceException([new(path, row, name, property.Value.GetRawText(), "a text or a number")]);
            names.Add(name);
            values.Add(Decoded(path, row, name, property.Value, Text));
            RequireText(path, row, name, values[^1]);
        }

        return new ReferenceRecord(path, row, names, values);
    }

    private static bool HasObject(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(HasObject));

    private static string? Decoded<T>(string path, long row, string? column, T json, Func<T, string?> text)
    {
        try
        {
            return text(json);
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or an escape of half a surrogate pair.
            throw new ReferenceException([new(path, row, column, null, "text in UTF-8")]);
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
