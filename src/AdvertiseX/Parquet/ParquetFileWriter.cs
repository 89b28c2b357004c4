using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Writes rows of a <see cref="ColumnBatch"/> as a Parquet file (apache/parquet-format 2.11), one value buffer a page
/// and no object a row. Columns with <see cref="ColumnDefinition.Partition"/> are left out. Thread-safe for different
/// batches; a batch must not be changed meanwhile.
/// </summary>
internal static unsafe class ParquetFileWriter
{
    /// <summary>Row groups that are encoded together; their encoded bytes are about 100 MB of events.</summary>
    private const int BandGroups = 8;

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
        using var workspace = new EncodeWorkspace(options);
        CheckRows(rows, batch.Rows);
        using var file = new ParquetFileBuilder(target, batch.Schema, workspace);
        var encoders = new List<ColumnEncoder>();
        try
        {
            for (var i = 0; i < batch.Columns.Count; i++)
            {
                if (!batch[i].Definition.Partition)
                    encoders.Add(workspace.EncoderOf(batch, i));
            }

            fixed (int* first = rows)
            {
                var bandRows = options.RowGroupRows * BandGroups;
                for (var start = 0; start < rows.Length; start += bandRows)
                    Append(file, encoders, first + start, Math.Min(bandRows, rows.Length - start));
            }
        }
        finally
        {
            foreach (var encoder in encoders)
                encoder.Dispose();
        }

        return file.Finish();
    }

    private static void Append(ParquetFileBuilder file, List<ColumnEncoder> encoders, int* rows, int count)
    {
        using var band = file.Begin(rows, count);
        for (var c = 0; c < encoders.Count; c++)
            band.Encode(encoders[c], c);
        file.Append(band);
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
