using System.Runtime.Intrinsics;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Integers, times and dates. Random ones PLAIN; else what is smaller on the first page of a chunk, DELTA_BINARY_PACKED
/// or a dictionary, which wins where few values come in any order. A chunk that outgrows its dictionary goes on without
/// one.
/// </summary>
internal abstract unsafe class NumberColumnEncoder(ColumnDefinition definition, EncodeScratch scratch, bool narrow)
    : ColumnEncoder(definition, scratch)
{
    private readonly NumberDictionary _dictionary = new();
    private bool _tryDictionary = true;

    /// <summary>How a chunk's next page is encoded.</summary>
    private enum Mode
    {
        Undecided,
        Dictionary,
        Delta,
    }

    public override void Encode(int* rows, int count, ChunkWriter pages, ColumnChunkMetadata chunk)
    {
        if (Definition.Random)
        {
            EncodePlain(rows, count, pages);
            return;
        }

        var mode = _tryDictionary ? Mode.Undecided : Mode.Delta;
        _dictionary.Clear();
        for (var start = 0; start < count; start += Scratch.PageRows)
        {
            var pageRows = Math.Min(Scratch.PageRows, count - start);
            var values = Fetch(rows + start, pageRows);
            if (values == 0)
            {
                AddNullPage(pages, pageRows);
                continue;
            }

            if (KeepsBounds)
                chunk.Bounds = chunk.Bounds.With(Bounds(Scratch.Values, values));
            mode = EncodeValues(values, mode);
            var encoding = mode == Mode.Dictionary ? ParquetEncoding.RleDictionary : ParquetEncoding.DeltaBinaryPacked;
            AddPage(pages, pageRows, values, encoding, mode == Mode.Dictionary ? Scratch.Other : Scratch.Output);
        }

        if (_dictionary.Count > 0)
            _dictionary.WritePlain(pages.Dictionary(_dictionary.Count), narrow);
    }

    public override void Dispose()
    {
        _dictionary.Dispose();
        base.Dispose();
    }

    /// <summary>Fetches the rows' values into <see cref="EncodeScratch.Values"/>; returns how many there are.</summary>
    protected abstract int Fetch(int* rows, int count);

    /// <summary>Fetches the rows' values in their own width into memory; returns how many there are.</summary>
    protected abstract int FetchPlain(int* rows, int count, byte* to);

    private static ValueBounds Bounds(long* values, int count)
    {
        long min = values[0],
            max = values[0];
        var i = 0;
        if (count >= 4)
        {
            var low = Vector256.Load(values);
            var high = low;
            for (; i + 4 <= count; i += 4)
            {
                var value = Vector256.Load(values + i);
                low = Vector256.Min(low, value);
                high = Vector256.Max(high, value);
            }

            min = Math.Min(Math.Min(low[0], low[1]), Math.Min(low[2], low[3]));
            max = Math.Max(Math.Max(high[0], high[1]), Math.Max(high[2], high[3]));
        }

        for (; i < count; i++)
        {
            min = Math.Min(min, values[i]);
            max = Math.Max(max, values[i]);
        }

        return ValueBounds.Of(min, max);
    }

    private void EncodePlain(int* rows, int count, ChunkWriter pages)
    {
        var width = narrow ? sizeof(int) : sizeof(long);
        for (var start = 0; start < count; start += Scratch.PageRows)
        {
            var pageRows = Math.Min(Scratch.PageRows, count - start);
            Scratch.Output.Clear();
            var values = FetchPlain(rows + start, pageRows, Scratch.Output.Reserve((long)pageRows * width));
            Scratch.Output.Advance((long)values * width);
            AddPage(pages, pageRows, values, ParquetEncoding.Plain, Scratch.Output);
        }
    }

    /// <summary>Leaves codes in <see cref="EncodeScratch.Other"/> or differences in
    /// <see cref="EncodeScratch.Output"/>.</summary>
    private Mode EncodeValues(int values, Mode mode)
    {
        var coded = mode != Mode.Delta && TryEncodeCodes(values);
        if (mode == Mode.Dictionary && coded)
            return mode;
        Scratch.Output.Clear();
        DeltaBinaryPacked.Encode(Scratch.Values, values, narrow, Scratch.Output);
        if (mode != Mode.Undecided)
            return Mode.Delta;
        var dictionaryBytes = (long)_dictionary.Count * (narrow ? sizeof(int) : sizeof(long));
        if (coded && Scratch.Other.Length + dictionaryBytes <= Scratch.Output.Length)
            return Mode.Dictionary;
        _dictionary.Clear();
        _tryDictionary = coded;
        return Mode.Delta;
    }

    private bool TryEncodeCodes(int values)
    {
        if (!_dictionary.TryCode(Scratch.Values, values, Scratch.Codes))
            return false;
        var width = RleHybrid.WidthOf(_dictionary.Count - 1);
        Scratch.Other.Clear();
        Scratch.Other.AppendByte((byte)width);
        RleHybrid.Encode(Scratch.Codes, values, width, Scratch.Other);
        return true;
    }
}
