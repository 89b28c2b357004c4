using System.Globalization;
using System.Text.Json;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>The rows of the ledger that SQL reads: one a batch, stream and kind; a stream without records has one row
/// of no kind.</summary>
internal static class LedgerRows
{
    public static readonly DeltaSchema Schema = new([
        new("batch_id", DeltaType.String, false),
        new("committed_time", DeltaType.Timestamp, false),
        new("stream", DeltaType.String, false),
        new("kind", DeltaType.String),
        new("from_offset", DeltaType.Long, false),
        new("next_offset", DeltaType.Long, false),
        new("received", DeltaType.Long, false),
        new("accepted", DeltaType.Long, false),
        new("duplicate", DeltaType.Long, false),
        new("rejected", DeltaType.Long, false),
        new("filtered", DeltaType.Long, false),
        new("reasons", DeltaType.String),
        new("path", DeltaType.String),
        new("content_hash", DeltaType.String),
        new("content_length", DeltaType.Long),
        new("tail_length", DeltaType.Long),
        new("unmapped_fields", DeltaType.String),
        new("bytes", DeltaType.Long),
        new("seconds", DeltaType.Double),
        new("correction", DeltaType.String),
        new("parent_batch_id", DeltaType.String),
    ]);

    /// <summary>The Parquet file that holds an entry's rows.</summary>
    public static ValueTask<byte[]> ToParquetAsync(LedgerEntry entry, LakeEngine engine, CancellationToken cancellation)
    {
        var lines = new MemoryStream();
        foreach (var stream in entry.Streams)
        {
            WriteRow(lines, entry, stream, stream.Counts.Count > 0 ? stream.Counts[0] : null, first: true);
            foreach (var counts in stream.Counts.Skip(1))
                WriteRow(lines, entry, stream, counts, first: false);
        }
        return engine.ParquetOfAsync(
            lines.ToArray(),
            [.. Schema.Columns.Select(column => (column.Name, SqlDialect.DuckDb.NameOf(column.SqlType)))],
            cancellation
        );
    }

    public static long Count(LedgerEntry entry) => entry.Streams.Sum(stream => Math.Max(1, stream.Counts.Count));

    /// <summary>What belongs to the stream and not to a kind (bytes, seconds, fields) stands on its first row alone, so
    /// that sums are right.</summary>
    private static void WriteRow(
        MemoryStream lines,
        LedgerEntry entry,
        StreamAdvance stream,
        LedgerCounts? counts,
        bool first
    )
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            json.WriteString("batch_id", entry.BatchId);
            json.WriteString(
                "committed_time",
                entry.CommittedTime.UtcDateTime.ToString(
                    "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
                    CultureInfo.InvariantCulture
                )
            );
            json.WriteString("stream", stream.Stream);
            if (counts is not null)
                json.WriteString("kind", counts.Kind);
            json.WriteNumber("from_offset", stream.From);
            json.WriteNumber("next_offset", stream.Next);
            WriteCounts(json, counts);
            if (stream.File is { } file)
                WriteFile(json, file);
            if (first)
                WriteStreamFacts(json, stream);
            if (entry.Correction is { } correction)
            {
                json.WriteString("correction", correction.Kind);
                if (correction.ParentBatchId is { } parent)
                    json.WriteString("parent_batch_id", parent);
            }
            json.WriteEndObject();
        }
        lines.WriteByte((byte)'\n');
    }

    private static void WriteCounts(Utf8JsonWriter json, LedgerCounts? counts)
    {
        json.WriteNumber("received", counts?.Received ?? 0);
        json.WriteNumber("accepted", counts?.Accepted ?? 0);
        json.WriteNumber("duplicate", counts?.Duplicate ?? 0);
        json.WriteNumber("rejected", counts?.Rejected ?? 0);
        json.WriteNumber("filtered", counts?.Filtered ?? 0);
        if (counts is { Reasons.Count: > 0 })
            json.WriteString("reasons", ToJson(counts.Reasons));
    }

    private static void WriteFile(Utf8JsonWriter json, FileMark file)
    {
        json.WriteString("path", file.Path);
        json.WriteString("content_hash", file.ContentHash);
        json.WriteNumber("content_length", file.ContentLength);
        json.WriteNumber("tail_length", file.TailLength);
    }

    private static void WriteStreamFacts(Utf8JsonWriter json, StreamAdvance stream)
    {
        if (stream.UnmappedFields.Count > 0)
            json.WriteString("unmapped_fields", ToJson(stream.UnmappedFields));
        json.WriteNumber("bytes", stream.Bytes);
        json.WriteNumber("seconds", stream.Seconds);
    }

    private static string ToJson(IReadOnlyDictionary<string, long> counts)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, count) in counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteNumber(name, count);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
