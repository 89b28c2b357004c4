using System.Text;
using System.Text.Json;
using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Sources;

/// <summary>
/// Looks at the first bytes of decompressed content: Avro by its magic number, JSON by its first sign, else a CSV
/// header. Records that do not parse are passed over, so that one broken line at the top does not hide what a file is.
/// </summary>
internal static class SampleReader
{
    /// <summary>Bytes of a sample.</summary>
    public const int SampleBytes = 256 << 10;

    /// <summary>Bytes of a sample of JSON whose first record is longer than <see cref="SampleBytes"/>.</summary>
    public const int LongSampleBytes = 2 << 20;

    private const int MaxRecords = 20;
    private const int MaxDepth = 64;

    /// <summary>Reads a sample from the beginning of a stream.</summary>
    public static byte[] Take(Stream content)
    {
        var sample = Take(content, SampleBytes);
        // One record alone may be as long as the limit of records.
        return sample.Length == SampleBytes && IsJson(sample) && Look(sample).Format is null
            ? [.. sample, .. Take(content, LongSampleBytes - SampleBytes)]
            : sample;
    }

    private static byte[] Take(Stream content, int most)
    {
        var buffer = new byte[most];
        var length = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return buffer[..length];
    }

    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            bytes = bytes[3..];
        bytes = bytes.TrimStart(" \t\r\n"u8);
        return bytes.Length > 0 && bytes[0] is (byte)'{' or (byte)'[';
    }

    /// <summary>What content is that begins with these bytes.</summary>
    public static Sample Look(ReadOnlySpan<byte> bytes)
    {
        if (AvroHeader.HasMagic(bytes))
            return LookAtAvro(bytes);

        if (bytes.StartsWith("PAR1"u8))
            return Sample.None("a Parquet file");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            bytes = bytes[3..];
        bytes = bytes.TrimStart(" \t\r\n"u8);
        if (bytes.IsEmpty)
            return Sample.None("nothing but white space");
        if (bytes.Contains((byte)0))
            return Sample.None("binary data");
        return bytes[0] is (byte)'{' or (byte)'[' ? LookAtJson(bytes) : LookAtCsv(bytes);
    }

    private static Sample LookAtAvro(ReadOnlySpan<byte> bytes)
    {
        AvroHeader.Read(bytes, out var header, out var problem);
        return header == null
            ? Sample.None($"an Avro file whose header cannot be read ({problem})")
            : new Sample(WireFormat.Avro, [.. header.Schema.FieldPaths()], "Avro");
    }

    private static Sample LookAtJson(ReadOnlySpan<byte> bytes)
    {
        var fields = new List<string>();
        var records = 0;
        if (bytes[0] == '[')
            bytes = bytes[1..];
        while (records < MaxRecords)
        {
            var start = bytes.IndexOf((byte)'{');
            if (start < 0)
                break;
            bytes = bytes[start..];
            var used = Collect(bytes, fields);
            if (used > 0)
            {
                records++;
                bytes = bytes[used..];
                continue;
            }

            var line = bytes.IndexOf((byte)'\n');
            if (line < 0)
                break;
            bytes = bytes[(line + 1)..];
        }

        return records == 0
            ? Sample.None("JSON without a whole object")
            : new Sample(WireFormat.Json, [.. fields.Distinct()], "JSON");
    }

    // Bytes of the object at the start, or 0 if it is not whole or not JSON.
    private static int Collect(ReadOnlySpan<byte> bytes, List<string> fields)
    {
        var before = fields.Count;
        try
        {
            var reader = new Utf8JsonReader(
                bytes,
                new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true }
            );
            var path = new List<string>();
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        var level = PathLevel(reader, path);
                        path.RemoveRange(level, path.Count - level);
                        path.Add(reader.GetString()!);
                        fields.Add(string.Join('.', path));
                        break;
                    case JsonTokenType.EndObject:
                        if (path.Count > 0)
                            path.RemoveAt(path.Count - 1);
                        if (reader.CurrentDepth == 0)
                            return (int)reader.BytesConsumed;
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            fields.RemoveRange(before, fields.Count - before);
        }

        return 0;
    }

    // Arrays do not add to a path, so the path is shortened to the names still open: one for each object around.
    private static int PathLevel(in Utf8JsonReader reader, List<string> path) =>
        Math.Min(path.Count, Math.Max(0, reader.CurrentDepth - 1));

    private static Sample LookAtCsv(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
        var line = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
        var delimiter = ",;\t|".MaxBy(d => line.Count(c => c == d));
        var names = line.Split(delimiter).Select(n => n.Trim().Trim('"').Trim()).Where(n => n.Length > 0).ToArray();
        return names.Length < 2
            ? Sample.None($"text that begins \"{(line.Length > 40 ? line[..40] + "…" : line)}\"")
            : new Sample(WireFormat.Csv, names, "CSV");
    }
}
