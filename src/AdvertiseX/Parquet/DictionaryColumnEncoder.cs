using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Texts of few different values: RLE_DICTIONARY over the values that the row group uses, or DELTA_LENGTH_BYTE_ARRAY
/// where the values of the chunk's first page are mostly different.
/// </summary>
internal sealed unsafe class DictionaryColumnEncoder : ColumnEncoder
{
    /// <summary>Readers hold a chunk's dictionary in memory; more text than this is written page by page.</summary>
    private const long MaxDictionaryBytes = 64 << 20;

    /// <summary>What <see cref="_renumbered"/> holds for null.</summary>
    private const int NullNumber = int.MaxValue;

    private readonly DictionaryColumn _column;
    private readonly TextDictionary _dictionary;
    private readonly ParquetOptions _options;

    /// <summary>For each code of the batch its code in the row group + 1; 0 = not met yet.</summary>
    private readonly NativeBuffer _renumbered;

    /// <summary>Codes of the batch in the order of the row group's.</summary>
    private readonly NativeBuffer _used;
    private readonly bool _mayBeNull;
    private int _usedCount;

    public DictionaryColumnEncoder(DictionaryColumn column, int rows, EncodeScratch scratch, ParquetOptions options)
        : base(column.Definition, scratch)
    {
        _column = column;
        _dictionary = column.Dictionary;
        _options = options;
        var bytes = (_dictionary.Count + 1L) * sizeof(int);
        _renumbered = NativePool.Rent(bytes);
        _renumbered.Clear(bytes);
        *(int*)_renumbered.Pointer = NullNumber;
        _mayBeNull = new ReadOnlySpan<int>(column.Codes, rows).Contains(0);
        _used = NativePool.Rent(bytes);
    }

    public override void Encode(int* rows, int count, ChunkWriter pages, ColumnChunkMetadata chunk)
    {
        if (_dictionary.IsPlain || _dictionary.TextBytes > MaxDictionaryBytes)
        {
            EncodeTexts(rows, count, pages, chunk);
            return;
        }

        for (var start = 0; start < count; start += Scratch.PageRows)
        {
            var pageRows = Math.Min(Scratch.PageRows, count - start);
            var values = FetchCodes(rows + start, pageRows);
            if (start == 0 && values >= 64 && _usedCount > values / 2)
            {
                Forget();
                EncodeTexts(rows, count, pages, chunk);
                return;
            }

            AddCodePage(pages, pageRows, values);
        }

        FinishDictionary(pages, chunk);
        Forget();
    }

    public override void Dispose()
    {
        _renumbered.Dispose();
        _used.Dispose();
        base.Dispose();
    }

    private void AddCodePage(ChunkWriter pages, int pageRows, int values)
    {
        if (values == 0)
        {
            AddNullPage(pages, pageRows);
            return;
        }

        var width = RleHybrid.WidthOf(_usedCount - 1);
        Scratch.Output.Clear();
        Scratch.Output.AppendByte((byte)width);
        RleHybrid.Encode(Scratch.Codes, values, width, Scratch.Output);
        AddPage(pages, pageRows, values, ParquetEncoding.RleDictionary, Scratch.Output);
    }

    /// <summary>Fetches renumbered codes of the rows that have one; returns how many.</summary>
    private int FetchCodes(int* rows, int count)
    {
        int at = 0,
            found = 0;
        while (true)
        {
            at = _mayBeNull
                ? FetchSomeKnown(rows, at, count, ref found)
                : found = FetchKnown(_column.Codes, (int*)_renumbered.Pointer, rows, at, count, Scratch.Codes);
            if (at == count)
                return found;
            Renumber(_column.Codes[rows[at]]);
        }
    }

    /// <summary>Fetches codes until one comes that has no number yet; returns where that is.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FetchKnown(int* codeOf, int* renumbered, int* rows, int at, int count, int* to)
    {
        for (; at < count; at++)
        {
            var local = renumbered[codeOf[rows[at]]];
            if (local == 0)
                break;
            to[at] = local - 1;
        }

        return at;
    }

    /// <summary>The same with nulls left out.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FetchSomeKnown(int* rows, int at, int count, ref int found)
    {
        var codeOf = _column.Codes;
        var renumbered = (int*)_renumbered.Pointer;
        var to = Scratch.Codes;
        var valid = Scratch.Valid;
        var next = found;
        for (; at < count; at++)
        {
            var local = renumbered[codeOf[rows[at]]];
            if (local == 0)
                break;
            var ok = local == NullNumber ? 0 : 1;
            valid[at] = (byte)ok;
            to[next] = local - 1;
            next += ok;
        }

        found = next;
        return at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Renumber(int code)
    {
        ((int*)_used.Pointer)[_usedCount++] = code;
        ((int*)_renumbered.Pointer)[code] = _usedCount;
    }

    private void Forget()
    {
        for (var i = 0; i < _usedCount; i++)
            ((int*)_renumbered.Pointer)[((int*)_used.Pointer)[i]] = 0;
        _usedCount = 0;
    }

    private void FinishDictionary(ChunkWriter pages, ColumnChunkMetadata chunk)
    {
        if (_usedCount == 0)
            return;
        var output = pages.Dictionary(_usedCount);
        var range = default(TextRange);
        for (var i = 0; i < _usedCount; i++)
        {
            var code = ((int*)_used.Pointer)[i];
            var text = _dictionary.Pointer(code);
            var length = _dictionary.Length(code);
            if (KeepsBounds)
                range.Add(text, length);
            Unsafe.WriteUnaligned(output.Reserve(sizeof(int)), length);
            output.Advance(sizeof(int));
            output.Append(text, length);
        }

        chunk.Bounds = range.ToBounds();
    }

    private void EncodeTexts(int* rows, int count, ChunkWriter pages, ColumnChunkMetadata chunk)
    {
        var range = default(TextRange);
        var arena = _dictionary.Pointer(1);
        for (var start = 0; start < count; )
        {
            var pageRows = FetchTexts(arena, rows + start, Math.Min(Scratch.PageRows, count - start), out var values);
            start += pageRows;
            if (values == 0)
            {
                AddNullPage(pages, pageRows);
                continue;
            }

            Scratch.Output.Clear();
            TextPages.Encode(arena, Scratch.Refs, values, Scratch.Values, Scratch.Output, ref range, KeepsBounds);
            AddPage(pages, pageRows, values, ParquetEncoding.DeltaLengthByteArray, Scratch.Output);
        }

        chunk.Bounds = range.ToBounds();
    }

    private int FetchTexts(byte* arena, int* rows, int count, out int values)
    {
        var found = 0;
        long bytes = 0;
        var i = 0;
        for (; i < count && bytes < _options.PageTextBytes; i++)
        {
            var code = _column.Codes[rows[i]];
            Scratch.Valid[i] = code != 0 ? (byte)1 : (byte)0;
            if (code == 0)
                continue;
            var length = _dictionary.Length(code);
            Scratch.Refs[found++] = new TextRef((uint)(_dictionary.Pointer(code) - arena), length);
            bytes += length;
        }

        values = found;
        return i;
    }
}
