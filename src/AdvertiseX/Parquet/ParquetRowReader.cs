using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>
/// Reads a text and an INT32 of single rows from files of <see cref="ParquetFileWriter"/>: only the pages that hold the
/// rows are read and decompressed, each once, the others are stepped over; nothing is copied. For one thread.
/// </summary>
internal static unsafe class ParquetRowReader
{
    /// <summary>Takes one row; the text is valid during the call.</summary>
    public delegate void RowVisitor(long row, ReadOnlySpan<byte> text, int number);

    /// <summary>Hands over the rows given.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rows">Row numbers in the file, ascending; any number of them.</param>
    /// <param name="textColumn">A required text column.</param>
    /// <param name="numberColumn">A required INT32 column whose values are random (PLAIN).</param>
    /// <param name="visit">Called once a row.</param>
    /// <returns>False when the file has another layout, has not so many rows or is damaged: ask DuckDB then, and for
    /// all rows, as some may have been handed over.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The rows do not ascend.</exception>
    public static bool TryRead(
        RangeInput file,
        IReadOnlyList<long> rows,
        string textColumn,
        string numberColumn,
        RowVisitor visit
    )
    {
        if (rows.Count == 0)
            return true;
        if (!ParquetFooter.TryRead(file, out var footer, out _) || rows[^1] >= footer.Rows)
            return false;
        int text = ColumnOf(footer, textColumn, ParquetType.ByteArray),
            number = ColumnOf(footer, numberColumn, ParquetType.Int32);
        if (text < 0 || number < 0)
            return false;
        using var texts = new PageSeeker(file, footer, text);
        using var numbers = new PageSeeker(file, footer, number);
        var place = default(TextPlace);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (i > 0 && row < rows[i - 1])
                throw new ArgumentException($"row {row} comes after row {rows[i - 1]}", nameof(rows));
            if (!texts.Holds(row) && !SeekTexts(texts, row, out place))
                return false;
            if (!numbers.Holds(row) && !SeekNumbers(numbers, row))
                return false;
            var span = place.To(texts.Scratch.Values, (int)(row - texts.FirstRow));
            var value = (int*)numbers.Page.Bytes + (row - numbers.FirstRow);
            visit(row, span, Unsafe.ReadUnaligned<int>(value));
        }

        return true;
    }

    /// <summary>The index of a required column of a type, or −1.</summary>
    private static int ColumnOf(ParquetFooter footer, string name, ParquetType type)
    {
        for (var i = 0; i < footer.Leaves.Count; i++)
        {
            if (footer.Leaves[i] is { IsRequired: true } leaf && leaf.Type == type && leaf.Name == name)
                return i;
        }

        return -1;
    }

    private static bool SeekTexts(PageSeeker pages, long row, out TextPlace place)
    {
        place = default;
        if (!pages.Seek(row) || pages.Page.Encoding != ParquetEncoding.DeltaLengthByteArray)
            return false;
        var page = pages.Page;
        if (!TextLengths.TryRead(page.Bytes, page.Length, page.Count, pages.Scratch.Values, out var first))
            return false;
        place = new TextPlace(first);
        return true;
    }

    private static bool SeekNumbers(PageSeeker pages, long row) =>
        pages.Seek(row)
        && pages.Page.Encoding == ParquetEncoding.Plain
        && pages.Page.Length == (long)pages.Page.Count * sizeof(int);

    /// <summary>Where a page's texts lie, found from their lengths one after another.</summary>
    private struct TextPlace(byte* first)
    {
        private byte* _text = first;
        private int _index;

        public ReadOnlySpan<byte> To(long* lengths, int index)
        {
            for (; _index < index; _index++)
                _text += lengths[_index];
            return new(_text, (int)lengths[index]);
        }
    }
}
