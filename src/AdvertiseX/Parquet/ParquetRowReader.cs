using System.Buffers.Binary;
using AdvertiseX.Columns;
using AdvertiseX.Compression;

namespace AdvertiseX.Parquet;

/// <summary>
/// Reads a text and an INT32 of single rows from files of <see cref="ParquetFileWriter"/>: only the pages that hold the
/// rows are read and decompressed, the others are stepped over. For one thread.
/// </summary>
internal static class ParquetRowReader
{
    /// <summary>Takes one row; the text is valid during the call.</summary>
    public delegate void RowVisitor(long row, ReadOnlySpan<byte> text, int number);

    /// <summary>Hands over the rows given.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rows">Row numbers in the file, ascending.</param>
    /// <param name="textColumn">A required text column.</param>
    /// <param name="numberColumn">A required INT32 column whose values are random (PLAIN, uncompressed).</param>
    /// <param name="visit">Called once a row, unless false is returned.</param>
    /// <returns>False when the file has another layout or is damaged; nothing was handed over then.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool TryRead(
        ParquetInput file,
        IReadOnlyList<long> rows,
        string textColumn,
        string numberColumn,
        RowVisitor visit
    )
    {
        if (!ParquetFooter.TryRead(file, out var footer, out _))
            return false;
        var columns = footer.Columns.ToList();
        int text = columns.IndexOf(textColumn),
            number = columns.IndexOf(numberColumn);
        if (!IsRequired(footer, text, ParquetType.ByteArray) || !IsRequired(footer, number, ParquetType.Int32))
            return false;
        var texts = new List<byte[]>(rows.Count);
        var numbers = new List<int>(rows.Count);
        long first = 0;
        var at = 0;
        foreach (var group in footer.RowGroups)
        {
            var from = at;
            while (at < rows.Count && rows[at] < first + group.Rows)
                at++;
            var wanted = rows.Skip(from).Take(at - from).Select(row => (int)(row - first)).ToArray();
            first += group.Rows;
            if (wanted.Length == 0)
                continue;
            if (
                !ReadTexts(file, group.Chunks[text], wanted, texts)
                || !ReadNumbers(file, group.Chunks[number], wanted, numbers)
            )
                return false;
        }

        if (texts.Count != rows.Count || numbers.Count != rows.Count)
            return false;
        for (var i = 0; i < rows.Count; i++)
            visit(rows[i], texts[i], numbers[i]);
        return true;
    }

    private static bool IsRequired(ParquetFooter footer, int column, ParquetType type) =>
        column >= 0 && footer.Leaves[column] is { IsRequired: true } leaf && leaf.Type == type;

    private static bool ReadTexts(ParquetInput file, ParquetChunk chunk, int[] wanted, List<byte[]> texts) =>
        ForEachPage(
            file,
            chunk,
            wanted,
            (page, offset, rows) =>
            {
                if (page.Encoding != ParquetEncoding.DeltaLengthByteArray)
                    return false;
                using var body = NativePool.Rent(page.BodyBytes);
                var stored = body.Span[..page.BodyBytes];
                if (!file.Fill(stored, offset))
                    return false;
                if (!page.IsCompressed)
                    return TakeTexts(stored, page.Values, rows, texts);
                if (chunk.Codec != (int)ParquetCodec.Zstd)
                    return false;
                using var codec = new BlockDecompressor();
                return codec.Decompress(BlockCodec.Zstandard, stored, page.PlainBytes) == DecompressionResult.Ok
                    && TakeTexts(codec.OutputSpan, page.Values, rows, texts);
            }
        );

    private static bool TakeTexts(ReadOnlySpan<byte> values, int count, ReadOnlySpan<int> rows, List<byte[]> texts)
    {
        using var room = NativePool.Rent((long)count * sizeof(long));
        var lengths = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(room.Span)[..count];
        if (!DeltaLengths.TryRead(values, lengths, out var start))
            return false;
        long at = start;
        var next = 0;
        foreach (var row in rows)
        {
            for (; next < row; next++)
            {
                if (lengths[next] < 0)
                    return false;
                at += lengths[next];
            }

            if (lengths[row] < 0 || at + lengths[row] > values.Length)
                return false;
            texts.Add(values.Slice((int)at, (int)lengths[row]).ToArray());
        }

        return true;
    }

    private static bool ReadNumbers(ParquetInput file, ParquetChunk chunk, int[] wanted, List<int> numbers) =>
        ForEachPage(
            file,
            chunk,
            wanted,
            (page, offset, rows) =>
            {
                var plain =
                    page.Encoding == ParquetEncoding.Plain
                    && (!page.IsCompressed || chunk.Codec == (int)ParquetCodec.Uncompressed);
                if (!plain || page.BodyBytes != (long)page.Values * sizeof(int))
                    return false;
                Span<byte> number = stackalloc byte[sizeof(int)];
                foreach (var row in rows)
                {
                    if (!file.Fill(number, offset + ((long)row * sizeof(int))))
                        return false;
                    numbers.Add(BinaryPrimitives.ReadInt32LittleEndian(number));
                }

                return true;
            }
        );

    private delegate bool PageVisitor(DataPageHeader page, long bodyOffset, ReadOnlySpan<int> rowsOfPage);

    // Steps from header to header; a page's body is only read where it holds a wanted row.
    private static bool ForEachPage(ParquetInput file, ParquetChunk chunk, int[] wanted, PageVisitor visit)
    {
        if (chunk.HasDictionary || chunk.IsElsewhere)
            return false;
        Span<byte> header = stackalloc byte[DataPageHeader.MaxBytes];
        Span<int> inPage = new int[wanted.Length];
        var offset = chunk.DataPageOffset;
        int first = 0,
            at = 0;
        while (at < wanted.Length)
        {
            var read = file.Read(header, offset);
            if (read == 0 || !DataPageHeader.TryRead(header[..read], out var page))
                return false;
            var count = 0;
            for (; at < wanted.Length && wanted[at] < first + page.Values; at++)
                inPage[count++] = wanted[at] - first;
            if (count > 0 && !visit(page, offset + page.HeaderBytes, inPage[..count]))
                return false;
            first += page.Values;
            offset += page.HeaderBytes + page.BodyBytes;
            if (first >= chunk.Values && at < wanted.Length)
                return false;
        }

        return true;
    }
}
