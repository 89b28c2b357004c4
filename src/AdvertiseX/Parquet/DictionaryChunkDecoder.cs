using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Texts of few different values: RLE_DICTIONARY, whose entries get their codes of the batch once a chunk, and
/// DELTA_LENGTH_BYTE_ARRAY, whose texts are looked up one by one.
/// </summary>
internal sealed unsafe class DictionaryChunkDecoder(DictionaryColumn column, DecodeScratch scratch)
    : ChunkDecoder(column, scratch)
{
    /// <summary>Code of the batch by code of the chunk.</summary>
    private NativeBuffer? _codeOf;
    private int _entries;

    public override bool Knows(ParquetEncoding encoding) =>
        encoding is ParquetEncoding.RleDictionary or ParquetEncoding.DeltaLengthByteArray;

    public override bool TakeDictionary(byte* bytes, int length, int count)
    {
        // Each entry has its length and at least a byte.
        if (count < 1 || count > length / (sizeof(int) + 1))
            return false;
        _codeOf?.Dispose();
        _codeOf = NativePool.Rent((long)count * sizeof(int));
        var codeOf = (int*)_codeOf.Pointer;
        var end = bytes + length;
        for (var i = 0; i < count; i++)
        {
            if (end - bytes < sizeof(int))
                return false;
            var size = Unsafe.ReadUnaligned<int>(bytes);
            bytes += sizeof(int);
            if (size < 1 || size > end - bytes)
                return false;
            codeOf[i] = CodeOf(bytes, size);
            bytes += size;
        }

        _entries = count;
        return bytes == end;
    }

    public override void Dispose()
    {
        _codeOf?.Dispose();
        _codeOf = null;
        base.Dispose();
    }

    protected override bool TakeValues(in PageValues page, int skip, int take, int row)
    {
        var valid = page.Valid == null ? null : page.Valid + skip;
        var to = column.Codes + row;
        if (page.Encoding == ParquetEncoding.DeltaLengthByteArray)
            return TakeTexts(page, page.CountBefore(skip), valid, take, to);
        if (!DecodeCodes(page, _entries))
            return false;
        Place((int*)_codeOf!.Pointer, Scratch.Codes + page.CountBefore(skip), valid, take, to);
        return true;
    }

    private static void Place(int* codeOf, int* codes, byte* valid, int rows, int* to)
    {
        if (valid == null)
        {
            for (var i = 0; i < rows; i++)
                to[i] = codeOf[codes[i]];
            return;
        }

        for (var i = 0; i < rows; i++)
        {
            to[i] = codeOf[*codes] & -valid[i];
            codes += valid[i];
        }
    }

    private bool TakeTexts(in PageValues page, int first, byte* valid, int rows, int* to)
    {
        var lengths = Scratch.Values;
        if (!TextLengths.TryRead(page.Bytes, page.Length, page.Count, lengths, out var text))
            return false;
        text += TextLengths.BytesOf(lengths, first);
        lengths += first;
        for (var i = 0; i < rows; i++)
        {
            if (valid != null && valid[i] == 0)
            {
                to[i] = 0;
                continue;
            }

            var length = (int)*lengths++;
            to[i] = CodeOf(text, length);
            text += length;
        }

        return true;
    }

    private int CodeOf(byte* text, int length) =>
        column.Dictionary.CodeOf(text, length, StableHash.Hash64(text, length));
}
