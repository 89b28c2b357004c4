using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Reads a required INT64 column back from files of <see cref="ParquetFileWriter"/>, where a
/// <see cref="ColumnDefinition.Random"/> one lies PLAIN and uncompressed. Thread-safe.
/// </summary>
internal static class ParquetKeyReader
{
    /// <summary>Bytes of a column in one row group at most: the writer's largest row group and its page
    /// headers.</summary>
    private const int MaxChunkBytes = 16 << 20;

    /// <summary>Takes some keys, in the order of the file; the span is valid during the call.</summary>
    public delegate void KeyVisitor(ReadOnlySpan<long> keys);

    /// <summary>
    /// Hands all values of a column to <paramref name="visit"/>, page by page.
    /// </summary>
    /// <returns>False when the file is no Parquet file, is damaged, or holds the column in another layout (one that
    /// DuckDB compacted): ask DuckDB then, and for all keys, as some may have been handed over.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool TryRead(ParquetInput file, string column, KeyVisitor visit)
    {
        if (!ParquetFooter.TryRead(file, out var footer, out _))
            return false;
        var ordinal = footer.Columns.ToList().IndexOf(column);
        if (ordinal < 0 || footer.Leaves[ordinal] is not { IsRequired: true, Type: ParquetType.Int64 })
            return false;
        foreach (var group in footer.RowGroups)
        {
            if (!IsPlain(group.Chunks[ordinal], group.Rows))
                return false;
        }

        return footer.RowGroups.All(group => ReadChunk(file, group.Chunks[ordinal], visit));
    }

    private static bool IsPlain(ParquetChunk chunk, long rows) =>
        chunk
            is {
                IsElsewhere: false,
                HasDictionary: false,
                Type: ParquetType.Int64,
                Encodings: 1u << (int)ParquetEncoding.Plain
            }
        && chunk.Codec == (int)ParquetCodec.Uncompressed
        && chunk.Values == rows
        && chunk.SizeBytes <= MaxChunkBytes;

    private static bool IsPlain(in PageHeader page) =>
        page is { HoldsValuesOnly: true, Encoding: ParquetEncoding.Plain } && page.BodyBytes == page.PlainBytes;

    private static bool ReadChunk(ParquetInput file, ParquetChunk chunk, KeyVisitor visit)
    {
        using var buffer = NativePool.Rent(chunk.SizeBytes);
        var bytes = buffer.Span[..(int)chunk.SizeBytes];
        if (!file.Fill(bytes, chunk.DataPageOffset))
            return false;
        var left = chunk.Values;
        while (left > 0)
        {
            if (!PageHeader.TryRead(bytes, out var page) || !IsPlain(page) || page.Values > left)
                return false;
            var valueBytes = page.Values * sizeof(long);
            if (page.BodyBytes != valueBytes || valueBytes > bytes.Length - page.HeaderBytes)
                return false;
            visit(MemoryMarshal.Cast<byte, long>(bytes.Slice(page.HeaderBytes, valueBytes)));
            bytes = bytes[(page.HeaderBytes + valueBytes)..];
            left -= page.Values;
        }

        return bytes.IsEmpty;
    }
}
