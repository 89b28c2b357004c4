using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Writes rows of a <see cref="ColumnBatch"/> as a Parquet file (apache/parquet-format 2.11), one value buffer a page and no
/// object a row. Columns with <see cref="ColumnDefinition.Partition"/> are left out. Thread-safe for different batches; a batch
/// must not be changed meanwhile.
/// </summary>
public static unsafe class ParquetFileWriter
{
    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Writes a new file; nothing is left of it when writing fails. It is not flushed to the disk.</summary>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    /// <exception cref="InvalidOperationException">A row has no value in a required column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row number or an option is out of its range.</exception>
    public static ParquetFileInfo Write(string path, ColumnBatch batch, ReadOnlySpan<int> rows, ParquetOptions options)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            return Write(file, batch, rows, options);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Writes to a stream, from its position on, in large pieces; the stream is neither flushed nor closed.</summary>
    /// <param name="rows">The rows to write and their order.</param>
    /// <inheritdoc cref="Write(string, ColumnBatch, ReadOnlySpan{int}, ParquetOptions)"/>
    public static ParquetFileInfo Write(Stream target, ColumnBatch batch, ReadOnlySpan<int> rows, ParquetOptions options)
    {
        options.Check();
        CheckRows(rows, batch.Rows);
        using var file = new FileSink(target);
        using var scratch = new EncodeScratch(options.PageRows);
        var encoders = new List<ColumnEncoder>();
        try
        {
            for (int i = 0; i < batch.Columns.Count; i++)
            {
                if (!batch[i].Definition.Partition) encoders.Add(ColumnEncoder.Create(batch, i, scratch, options));
            }

            return WriteFile(file, batch.Schema, encoders, rows, options);
        }
        finally
        {
            foreach (var encoder in encoders) encoder.Dispose();
        }
    }

    private static ParquetFileInfo WriteFile(
        FileSink file, TableSchema schema, List<ColumnEncoder> encoders, ReadOnlySpan<int> rows, ParquetOptions options)
    {
        file.Write(Magic);
        var groups = new List<ColumnChunkMetadata[]>();
        using var pages = new ChunkWriter(options);
        fixed (int* first = rows)
        {
            for (int start = 0; start < rows.Length; start += options.RowGroupRows)
                groups.Add(WriteGroup(file, encoders, pages, first + start, Math.Min(options.RowGroupRows, rows.Length - start)));
        }

        var columns = encoders.ConvertAll(e => e.Definition);
        WriteFooter(file, schema, columns, groups);
        return new ParquetFileInfo(rows.Length, file.Position, DeltaStatistics.Write(columns, groups));
    }

    private static ColumnChunkMetadata[] WriteGroup(
        FileSink file, List<ColumnEncoder> encoders, ChunkWriter pages, int* rows, int count)
    {
        var chunks = new ColumnChunkMetadata[encoders.Count];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = new ColumnChunkMetadata();
            pages.Begin(chunks[i], compressible: !encoders[i].Definition.Random);
            encoders[i].Encode(rows, count, pages, chunks[i]);
            pages.Finish(file);
        }

        return chunks;
    }

    private static void WriteFooter(
        FileSink file, TableSchema schema, List<ColumnDefinition> columns, List<ColumnChunkMetadata[]> groups)
    {
        using var footer = new EncodeBuffer();
        new FooterWriter(footer).Write(schema, columns, groups);
        file.Write(footer);
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, checked((int)footer.Length));
        file.Write(length);
        file.Write(Magic);
        file.Flush();
    }

    /// <summary>Everything after this reads memory by these numbers without looking.</summary>
    private static void CheckRows(ReadOnlySpan<int> rows, int count)
    {
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)count)
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"the batch has {count} rows");
        }
    }
}
