using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>Texts and bytes of many different values.</summary>
internal sealed unsafe class TextColumnEncoder(TextColumn column, EncodeScratch scratch, ParquetOptions options)
    : ColumnEncoder(column.Definition, scratch)
{
    private bool IsBounded => KeepsBounds && Definition.Type != ColumnType.Binary;

    public override void Encode(int* rows, int count, ChunkWriter pages, ColumnChunkMetadata chunk)
    {
        var range = default(TextRange);
        for (var start = 0; start < count; )
        {
            var pageRows = Fetch(rows + start, Math.Min(Scratch.PageRows, count - start), out var values);
            start += pageRows;
            if (values == 0)
            {
                AddNullPage(pages, pageRows);
                continue;
            }

            Scratch.Output.Clear();
            TextPages.Encode(
                column.Arena.Bytes,
                Scratch.Refs,
                values,
                Scratch.Values,
                Scratch.Output,
                ref range,
                IsBounded
            );
            AddPage(pages, pageRows, values, ParquetEncoding.DeltaLengthByteArray, Scratch.Output);
        }

        chunk.Bounds = range.ToBounds();
    }

    /// <summary>Fetches references until a page is full; returns how many rows that took.</summary>
    private int Fetch(int* rows, int count, out int values)
    {
        var from = column.Refs;
        var to = Scratch.Refs;
        var valid = Scratch.Valid;
        var arena = column.Arena.Bytes;
        var found = 0;
        long bytes = 0;
        var i = 0;
        for (; i < count && bytes < options.PageTextBytes; i++)
        {
            var text = from[rows[i]];
            TextPages.Prefetch(arena + text.Start);
            TextPages.Prefetch(arena + text.Start + text.Length);
            var ok = text.Length > 0 ? 1 : 0;
            valid[i] = (byte)ok;
            to[found] = text;
            found += ok;
            bytes += text.Length;
        }

        values = found;
        return i;
    }
}
