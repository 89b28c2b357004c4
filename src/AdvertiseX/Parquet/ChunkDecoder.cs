using System.Runtime.Intrinsics;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Turns pages of one column chunk into rows of a batch's column: the reverse of <see cref="ColumnEncoder"/>. Bytes may
/// be anything: every count is held against what is there. Not thread-safe.
/// </summary>
internal abstract unsafe class ChunkDecoder(Column column, DecodeScratch scratch) : IDisposable
{
    protected DecodeScratch Scratch { get; } = scratch;

    public static ChunkDecoder Create(Column column, DecodeScratch scratch) =>
        column switch
        {
            FixedColumn<long> longs => new NumberChunkDecoder<long>(longs, scratch),
            FixedColumn<int> ints => new NumberChunkDecoder<int>(ints, scratch),
            FixedColumn<byte> flags => new BooleanChunkDecoder(flags, scratch),
            TextColumn text => new TextChunkDecoder(text, scratch),
            DictionaryColumn coded => new DictionaryChunkDecoder(coded, scratch),
            _ => throw new NotSupportedException($"no Parquet decoding for {column.GetType()}"),
        };

    /// <summary>Whether the column's pages can have this encoding.</summary>
    public abstract bool Knows(ParquetEncoding encoding);

    /// <summary>Takes the chunk's dictionary, PLAIN; false when the bytes are not exactly so many values.</summary>
    public virtual bool TakeDictionary(byte* bytes, int length, int count) => false;

    /// <summary>Sets rows of the column from a page; false when it does not hold what it should.</summary>
    /// <param name="page">The page, in an encoding that is known.</param>
    /// <param name="skip">Rows of the page that are left out at its start.</param>
    /// <param name="take">Rows that are taken then.</param>
    /// <param name="row">The column's row that the first becomes; there is room for all.</param>
    public bool Take(in PageValues page, int skip, int take, int row)
    {
        column.EnsureAllocated();
        return TakeValues(page, skip, take, row);
    }

    public virtual void Dispose() { }

    protected abstract bool TakeValues(in PageValues page, int skip, int take, int row);

    /// <summary>Decodes a page of dictionary codes into <see cref="DecodeScratch.Codes"/>, each below
    /// <paramref name="entries"/>, and one more, 0, behind them.</summary>
    protected bool DecodeCodes(in PageValues page, int entries)
    {
        var codes = Scratch.Codes;
        if (page.Length < 1 || !RleHybrid.TryDecode(page.Bytes + 1, page.Length - 1, *page.Bytes, page.Count, codes))
            return false;
        var largest = Largest((uint*)codes, page.Count);
        codes[page.Count] = 0;
        return largest < (uint)entries;
    }

    private static uint Largest(uint* codes, int count)
    {
        var most = Vector256<uint>.Zero;
        var i = 0;
        for (; i + 8 <= count; i += 8)
            most = Vector256.Max(most, Vector256.Load(codes + i));
        uint largest = 0;
        for (var lane = 0; lane < 8; lane++)
            largest = Math.Max(largest, most[lane]);
        for (; i < count; i++)
            largest = Math.Max(largest, codes[i]);
        return largest;
    }
}
