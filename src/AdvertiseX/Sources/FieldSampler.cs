using System.Text;
using System.Text.Json;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Sources;

/// <summary>
/// The fields of a file's first records with some values. It decodes with a contract that names no field of any source,
/// so that the product's own decoders give every field by its path. Thread-safe.
/// </summary>
internal static class FieldSampler
{
    private const int MaxRecords = 500;
    private const int MaxValues = 25;
    private const int MaxFields = 2_000;
    private const int MaxDepth = 16;

    private static readonly CompiledContract Nothing = CompiledContract.Compile(
        new Contract
        {
            Name = "sample",
            Feed = Feed.Impressions,
            Fields = new Dictionary<string, FieldMapping> { ["event_time"] = new() { From = ["\u0001"] } },
        }
    );

    /// <summary>Reads a sample.</summary>
    /// <param name="path">The file.</param>
    /// <param name="framing">Sizes; null for the defaults.</param>
    /// <exception cref="SourceException">There is no such file, or it holds no record of JSON, CSV or Avro.</exception>
    public static IReadOnlyList<SampledField> Read(string path, FramerOptions? framing = null)
    {
        var source = SourceCatalog.Identify(path, Nothing);
        using var content = SourceContent.OpenContent(source);
        using var framer = SourceContent.Frame(source, content, framing ?? new FramerOptions());
        using var block = framer.Next() ?? throw new SourceException($"{path}: no record");
        using var decoder = framer.CreateDecoder(Nothing);
        using var rows = new RowWriter(Nothing, new StreamContext(path, 0), new ValidationOptions());
        var json = new ExtraJson();
        var fields = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var records = 0;
        rows.CaptureTo(
            (in RecordBytes _) =>
            {
                if (records++ < MaxRecords)
                    Collect(rows.Record, json, fields);
            }
        );
        decoder.Decode(block, rows);
        if (fields.Count == 0)
            throw new SourceException($"{path}: no record with a field");
        return [.. fields.Take(MaxFields).Select(field => new SampledField(field.Key, field.Value))];
    }

    private static void Collect(RecordSlots record, ExtraJson json, Dictionary<string, List<string>> fields)
    {
        foreach (var field in record.Unmapped)
            fields.TryAdd(Encoding.UTF8.GetString(record.UnmappedNames[field.Name]), []);
        var text = json.Render(record);
        if (text.IsEmpty)
            return;
        var reader = new Utf8JsonReader(text);
        using var document = JsonDocument.ParseValue(ref reader);
        Collect(document.RootElement, "", 0, fields);
    }

    private static void Collect(JsonElement value, string path, int depth, Dictionary<string, List<string>> fields)
    {
        // An array of one record is looked through, as the decoders do.
        if (
            value.ValueKind == JsonValueKind.Array
            && value.GetArrayLength() == 1
            && value[0].ValueKind == JsonValueKind.Object
        )
            value = value[0];
        if (value.ValueKind == JsonValueKind.Object && depth < MaxDepth)
        {
            if (path.Length > 0)
                fields.Remove(path);
            foreach (var member in value.EnumerateObject())
                Collect(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", depth + 1, fields);
            return;
        }

        if (path.Length == 0 || value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return;
        if (!fields.TryGetValue(path, out var values))
            fields.Add(path, values = []);
        if (values.Count < MaxValues)
            values.Add(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
    }
}
