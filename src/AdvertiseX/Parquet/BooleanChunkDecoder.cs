using System.Runtime.InteropServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>BOOLEAN, PLAIN.</summary>
internal sealed unsafe class BooleanChunkDecoder(FixedColumn<byte> column, DecodeScratch scratch)
    : ChunkDecoder(column, scratch)
{
    public override bool Knows(ParquetEncoding encoding) => encoding == ParquetEncoding.Plain;

    protected override bool TakeValues(in PageValues page, int skip, int take, int row)
    {
        if (page.Length != (page.Count + 7) / 8)
            return false;
        var flags = (byte*)Scratch.Values;
        BitUnpacking.UnpackFlags(page.Bytes, page.Length, flags);
        var from = flags + page.CountBefore(skip);
        byte* to = column.Values + row,
            validity = column.Validity + row;
        if (page.Valid == null)
        {
            NativeMemory.Copy(from, to, (nuint)take);
            new Span<byte>(validity, take).Fill(1);
            return true;
        }

        var valid = page.Valid + skip;
        for (var i = 0; i < take; i++)
        {
            to[i] = *from;
            validity[i] = valid[i];
            from += valid[i];
        }

        return true;
    }
}
