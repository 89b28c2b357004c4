using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>Texts and bytes of many different values: DELTA_LENGTH_BYTE_ARRAY. A page's texts are copied at
/// once.</summary>
internal sealed unsafe class TextChunkDecoder(TextColumn column, DecodeScratch scratch) : ChunkDecoder(column, scratch)
{
    public override bool Knows(ParquetEncoding encoding) => encoding == ParquetEncoding.DeltaLengthByteArray;

    protected override bool TakeValues(in PageValues page, int skip, int take, int row)
    {
        var lengths = Scratch.Values;
        if (!TextLengths.TryRead(page.Bytes, page.Length, page.Count, lengths, out var texts))
            return false;
        int first = page.CountBefore(skip),
            count = page.CountBefore(skip + take) - first;
        texts += TextLengths.BytesOf(lengths, first);
        lengths += first;
        var bytes = TextLengths.BytesOf(lengths, count);
        var arena = column.Arena;
        // A batch's column holds 2 GB of text; whoever fills one asks for fewer rows.
        if (arena.Length + bytes > int.MaxValue)
            throw new InvalidOperationException($"{column.Definition.Name}: the rows have more than 2 GB of text");
        var start = arena.Extend((int)bytes);
        NativeMemory.Copy(texts, arena.Bytes + start, (nuint)bytes);
        var refs = column.Refs + row;
        if (page.Valid == null)
            Refer(lengths, take, start, refs);
        else
            Refer(lengths, page.Valid + skip, take, start, refs);
        return true;
    }

    private static void Refer(long* lengths, int rows, uint start, TextRef* refs)
    {
        for (var i = 0; i < rows; i++)
        {
            var length = (int)lengths[i];
            refs[i] = new TextRef(start, length);
            start += (uint)length;
        }
    }

    private static void Refer(long* lengths, byte* valid, int rows, uint start, TextRef* refs)
    {
        for (var i = 0; i < rows; i++)
        {
            var length = (int)*lengths & -valid[i];
            refs[i] = new TextRef(start, length);
            start += (uint)length;
            lengths += valid[i];
        }
    }
}
