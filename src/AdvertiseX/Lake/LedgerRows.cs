using System.Text.Json;
using AdvertiseX.Columns;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Parquet;

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

    private static readonly IReadOnlyList<NestedField> Fields = [.. Schema.Columns.Select(FieldOf)];

    /// <summary>The Parquet file that holds an entry's rows.</summary>
    public static byte[] ToParquet(LedgerEntry entry)
    {
        using var file = new NestedFileWriter(Fields);
        foreach (var stream in entry.Streams)
        {
            WriteRow(file, entry, stream, stream.Counts.Count > 0 ? stream.Counts[0] : null, first: true);
            foreach (var counts in stream.Counts.Skip(1))
                WriteRow(file, entry, stream, counts, first: false);
        }
        return file.ToArray();
    }

    public static long Count(LedgerEntry entry) => entry.Streams.Sum(stream => Math.Max(1, stream.Counts.Count));

    /// <summary>What belongs to the stream and not to a kind (bytes, seconds, fields) stands on its first row alone, so
    /// that sums are right.</summary>
    private static void WriteRow(
        NestedFileWriter file,
        LedgerEntry entry,
        StreamAdvance stream,
        LedgerCounts? counts,
        bool first
    )
    {
        var row = new Row(file);
        row.Add(entry.BatchId);
        row.Add(EpochMicros.Of(entry.CommittedTime));
        row.Add(stream.Stream);
        row.Add(counts?.Kind);
        row.Add(stream.From);
        row.Add(stream.Next);
        row.Add(counts?.Received ?? 0);
        row.Add(counts?.Accepted ?? 0);
        row.Add(counts?.Duplicate ?? 0);
        row.Add(counts?.Rejected ?? 0);
        row.Add(counts?.Filtered ?? 0);
        row.Add(ToJson(counts?.Reasons));
        row.Add(stream.File?.Path);
        row.Add(stream.File?.ContentHash);
        row.Add(stream.File?.ContentLength);
        row.Add(stream.File?.TailLength);
        row.Add(first ? ToJson(stream.UnmappedFields) : null);
        row.Add(first ? stream.Bytes : null);
        row.Add(first ? BitConverter.DoubleToInt64Bits(stream.Seconds) : null);
        row.Add(entry.Correction?.Kind);
        row.Add(entry.Correction?.ParentBatchId);
        file.EndRow();
    }

    /// <summary>The counts by name; null where there are none.</summary>
    private static string? ToJson(IReadOnlyDictionary<string, long>? counts)
    {
        if (counts is null or { Count: 0 })
            return null;
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

    private static NestedField FieldOf(DeltaColumn column) =>
        column.Type switch
        {
            DeltaType.Long => NestedField.Int64(column.Name, !column.Nullable),
            DeltaType.Double => NestedField.Double(column.Name, !column.Nullable),
            DeltaType.Timestamp => NestedField.Timestamp(column.Name, !column.Nullable),
            _ => NestedField.Text(column.Name, !column.Nullable),
        };

    /// <summary>Fills a row column by column, in the order of <see cref="Schema"/>.</summary>
    private struct Row(NestedFileWriter file)
    {
        private int _column;

        public void Add(string? text)
        {
            var column = file.Columns[_column++];
            if (text is null)
                column.AddAbsent(0);
            else
                column.Add(System.Text.Encoding.UTF8.GetBytes(text));
        }

        public void Add(long? number)
        {
            var column = file.Columns[_column++];
            if (number is { } value)
                column.Add(value);
            else
                column.AddAbsent(0);
        }
    }
}
