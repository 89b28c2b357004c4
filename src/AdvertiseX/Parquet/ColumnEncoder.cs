using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>Turns rows of one column into pages. One for each column of a file. Not thread-safe.</summary>
internal abstract unsafe class ColumnEncoder(ColumnDefinition definition, EncodeScratch scratch) : IDisposable
{
    public ColumnDefinition Definition { get; } = definition;

    /// <summary>Whether bounds are kept; never of what comes from the user, so that metadata gives nobody
    /// away.</summary>
    protected bool KeepsBounds { get; } = !definition.FromUser && !definition.Random;

    protected EncodeScratch Scratch { get; } = scratch;

    public static ColumnEncoder Create(ColumnBatch batch, int ordinal, EncodeScratch scratch, ParquetOptions options) =>
        batch[ordinal] switch
        {
            { IsAllocated: false } unset => new NullColumnEncoder(unset.Definition, scratch),
            FixedColumn<long> longs => new Int64ColumnEncoder(longs, batch.Rows, scratch),
            FixedColumn<int> ints => new Int32ColumnEncoder(ints, batch.Rows, scratch),
            FixedColumn<byte> flags => new BooleanColumnEncoder(flags, batch.Rows, scratch),
            TextColumn text => new TextColumnEncoder(text, scratch, options),
            DictionaryColumn coded => new DictionaryColumnEncoder(coded, batch.Rows, scratch, options),
            var other => throw new NotSupportedException($"no Parquet encoding for {other.GetType()}"),
        };

    /// <summary>Encodes the rows into pages of the chunk that <paramref name="pages"/> has begun.</summary>
    /// <param name="rows">Row numbers of the batch, in the order of the file.</param>
    public abstract void Encode(int* rows, int count, ChunkWriter pages, ColumnChunkMetadata chunk);

    public virtual void Dispose() { }

    /// <summary>Adds a page of <paramref name="rows"/> rows whose values are in the given buffer.</summary>
    /// <param name="values">Rows that have a value; <see cref="EncodeScratch.Valid"/> says which.</param>
    protected void AddPage(ChunkWriter pages, int rows, int values, ParquetEncoding encoding, EncodeBuffer encoded)
    {
        if (values < rows && !Definition.Nullable)
            throw new InvalidOperationException(
                $"the column {Definition.Name} is required, and a row has no value in it"
            );
        var levels = Scratch.EncodeLevels(Definition.Nullable, rows, values);
        pages.AddDataPage(rows, rows - values, encoding, levels, encoded);
    }

    /// <summary>Adds a page without any value.</summary>
    protected void AddNullPage(ChunkWriter pages, int rows)
    {
        Scratch.Output.Clear();
        AddPage(pages, rows, 0, ParquetEncoding.Plain, Scratch.Output);
    }
}
