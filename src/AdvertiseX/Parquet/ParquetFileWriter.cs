using AdvertiseX.Columns;
using AdvertiseX.Configuration;

namespace AdvertiseX.Parquet;

/// <summary>
/// Writes rows of a <see cref="ColumnBatch"/> as a Parquet file (apache/parquet-format 2.11), one value buffer a page
/// and no object a row. Columns with <see cref="ColumnDefinition.Partition"/> are left out. Thread-safe for different
/// batches; a batch must not be changed meanwhile.
/// </summary>
internal static unsafe class ParquetFileWriter
{
    /// <summary>
    /// Row groups that are encoded together, column by column: in the order of the file rows lie anywhere in the batch,
    /// and this way a column stays in the cache while they are fetched. Their encoded bytes wait in memory, about 100
    /// MB of events.
    /// </summary>
    private const int BandGroups = 8;

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Writes to a stream, from its position on, in large pieces; the stream is neither flushed nor
    /// closed.</summary>
    /// <param name="rows">The rows to write and their order.</param>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    /// <exception cref="InvalidOperationException">A row has no value in a required column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row number or an option is out of its range.</exception>
    public static ParquetFileInfo Write(
        Stream target,
        ColumnBatch batch,
        ReadOnlySpan<int> rows,
        ParquetOptions options
    )
    {
        OptionCheck.Require(options);
        CheckRows(rows, batch.Rows);
        using var file = new FileSink(target);
        using var scratch = new EncodeScratch(options.PageRows);
        var encoders = new List<ColumnEncoder>();
        try
        {
            for (var i = 0; i < batch.Columns.Count; i++)
            {
                if (!batch[i].Definition.Partition)
                    encoders.Add(ColumnEncoder.Create(batch, i, scratch, options));
            }

            return WriteFile(file, batch.Schema, encoders, rows, options);
        }
        finally
        {
            foreach (var encoder in encoders)
                encoder.Dispose();
        }
    }

    private static ParquetFileInfo WriteFile(
        FileSink file,
        TableSchema schema,
        List<ColumnEncoder> encoders,
        ReadOnlySpan<int> rows,
        ParquetOptions options
    )
    {
        file.Write(Magic);
        var groups = new List<ColumnChunkMetadata[]>();
        using var pages = new ChunkWriter(options);
        fixed (int* first = rows)
        {
            var bandRows = options.RowGroupRows * BandGroups;
            for (var start = 0; start < rows.Length; start += bandRows)
                WriteBand(
                    file,
                    encoders,
                    pages,
                    first + start,
                    Math.Min(bandRows, rows.Length - start),
                    options,
                    groups
                );
        }

        var columns = encoders.ConvertAll(e => e.Definition);
        WriteFooter(file, schema, columns, groups);
        return new ParquetFileInfo(rows.Length, file.Position, DeltaStatistics.Write(columns, groups), file.HashText);
    }

    /// <summary>Encodes some row groups column by column, then writes them group by group.</summary>
    private static void WriteBand(
        FileSink file,
        List<ColumnEncoder> encoders,
        ChunkWriter pages,
        int* rows,
        int count,
        ParquetOptions options,
        List<ColumnChunkMetadata[]> groups
    )
    {
        var groupCount = (count + options.RowGroupRows - 1) / options.RowGroupRows;
        var band = new EncodedChunk[groupCount][];
        for (var g = 0; g < groupCount; g++)
            band[g] = new EncodedChunk[encoders.Count];
        try
        {
            for (var c = 0; c < encoders.Count; c++)
                EncodeColumn(encoders[c], c, band, pages, rows, count, options.RowGroupRows);
            foreach (var group in band)
            {
                foreach (var chunk in group)
                    chunk.WriteTo(file);
                groups.Add([.. group.Select(c => c.Metadata)]);
            }
        }
        finally
        {
            foreach (var group in band)
            {
                foreach (var chunk in group)
                    chunk?.Dispose();
            }
        }
    }

    private static void EncodeColumn(
        ColumnEncoder encoder,
        int column,
        EncodedChunk[][] band,
        ChunkWriter pages,
        int* rows,
        int count,
        int groupRows
    )
    {
        long expected = 1 << 12;
        for (var g = 0; g < band.Length; g++)
        {
            var chunk = band[g][column] = new EncodedChunk(expected);
            pages.Begin(chunk, compressible: !encoder.Definition.Random);
            var start = g * groupRows;
            encoder.Encode(rows + start, Math.Min(groupRows, count - start), pages, chunk.Metadata);
            pages.End();
            expected = chunk.Pages.Length + (chunk.Pages.Length / 16);
        }
    }

    private static void WriteFooter(
        FileSink file,
        TableSchema schema,
        List<ColumnDefinition> columns,
        List<ColumnChunkMetadata[]> groups
    )
    {
        using var footer = new EncodeBuffer();
        new FooterWriter(footer).Write(schema, columns, groups);
        file.Write(footer.Span);
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, checked((int)footer.Length));
        file.Write(length);
        file.Write(Magic);
        file.Flush();
    }

    /// <summary>Everything after this reads memory by these numbers without looking.</summary>
    private static void CheckRows(ReadOnlySpan<int> rows, int count)
    {
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)count)
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"the batch has {count} rows");
        }
    }
}
