using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>INT64 and INT32 (<c>long</c> and <c>int</c>): PLAIN, DELTA_BINARY_PACKED, RLE_DICTIONARY.</summary>
internal sealed unsafe class NumberChunkDecoder<T>(FixedColumn<T> column, DecodeScratch scratch)
    : ChunkDecoder(column, scratch)
    where T : unmanaged
{
    private NativeBuffer? _dictionary;
    private int _entries;

    public override bool Knows(ParquetEncoding encoding) =>
        encoding is ParquetEncoding.Plain or ParquetEncoding.DeltaBinaryPacked or ParquetEncoding.RleDictionary;

    public override bool TakeDictionary(byte* bytes, int length, int count)
    {
        if (count < 1 || length != (long)count * sizeof(T))
            return false;
        _dictionary?.Dispose();
        _dictionary = NativePool.Rent(length);
        NativeMemory.Copy(bytes, _dictionary.Pointer, (nuint)length);
        _entries = count;
        return true;
    }

    public override void Dispose()
    {
        _dictionary?.Dispose();
        _dictionary = null;
        base.Dispose();
    }

    protected override bool TakeValues(in PageValues page, int skip, int take, int row)
    {
        var first = page.CountBefore(skip);
        var valid = page.Valid == null ? null : page.Valid + skip;
        var to = column.Values + row;
        switch (page.Encoding)
        {
            case ParquetEncoding.Plain when page.Length == (long)page.Count * sizeof(T):
                Place((T*)page.Bytes + first, valid, take, to);
                break;
            case ParquetEncoding.DeltaBinaryPacked
                when DeltaBinaryPacked.TryDecode(page.Bytes, page.Length, page.Count, Scratch.Values, out var consumed)
                    && consumed == page.Length:
                Narrow(page.Count);
                Place((T*)Scratch.Values + first, valid, take, to);
                break;
            case ParquetEncoding.RleDictionary when DecodeCodes(page, _entries):
                PlaceCodes((T*)_dictionary!.Pointer, Scratch.Codes + first, valid, take, to);
                break;
            default:
                return false;
        }

        var validity = column.Validity + row;
        if (valid == null)
            new Span<byte>(validity, take).Fill(1);
        else
            NativeMemory.Copy(valid, validity, (nuint)take);
        return true;
    }

    /// <summary>Makes the decoded 64-bit numbers as wide as the column's, in place.</summary>
    private void Narrow(int count)
    {
        if (sizeof(T) == sizeof(long))
            return;
        var wide = Scratch.Values;
        var narrow = (int*)wide;
        for (var i = 0; i < count; i++)
            narrow[i] = (int)wide[i];
    }

    /// <summary>Puts the values of the rows that have one at their rows; others get any value. One value past the last
    /// is read.</summary>
    private static void Place(T* from, byte* valid, int rows, T* to)
    {
        if (valid == null)
        {
            NativeMemory.Copy(from, to, (nuint)((long)rows * sizeof(T)));
            return;
        }

        for (var i = 0; i < rows; i++)
        {
            to[i] = Unsafe.ReadUnaligned<T>(from);
            from += valid[i];
        }
    }

    private static void PlaceCodes(T* values, int* codes, byte* valid, int rows, T* to)
    {
        if (valid == null)
        {
            for (var i = 0; i < rows; i++)
                to[i] = values[codes[i]];
            return;
        }

        for (var i = 0; i < rows; i++)
        {
            to[i] = values[*codes];
            codes += valid[i];
        }
    }
}
