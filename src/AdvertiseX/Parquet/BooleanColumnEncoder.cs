using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>BOOLEAN, PLAIN: one bit a value.</summary>
internal sealed unsafe class BooleanColumnEncoder(FixedColumn<byte> column, int rows, EncodeScratch scratch)
    : ColumnEncoder(column.Definition, scratch)
{
    private readonly byte* _validity = Gather.ValidityOf(column, rows);

    public override void Encode(int* rows, int count, ChunkWriter pages, ColumnChunkMetadata chunk)
    {
        var flags = (byte*)Scratch.Values;
        for (var start = 0; start < count; start += Scratch.PageRows)
        {
            var pageRows = Math.Min(Scratch.PageRows, count - start);
            var values = Gather.Plain(column.Values, _validity, rows + start, pageRows, flags, Scratch.Valid);
            if (values == 0)
            {
                AddNullPage(pages, pageRows);
                continue;
            }

            if (KeepsBounds)
                chunk.Bounds = chunk.Bounds.With(Bounds(new ReadOnlySpan<byte>(flags, values)));
            Scratch.Output.Clear();
            BitPacking.PackFlags(flags, values, Scratch.Output.Reserve((values / 8) + 8));
            Scratch.Output.Advance((values + 7) / 8);
            AddPage(pages, pageRows, values, ParquetEncoding.Plain, Scratch.Output);
        }
    }

    private static ValueBounds Bounds(ReadOnlySpan<byte> flags) =>
        ValueBounds.Of(flags.Contains((byte)0) ? 0 : 1, flags.ContainsAnyExcept((byte)0) ? 1 : 0);
}
