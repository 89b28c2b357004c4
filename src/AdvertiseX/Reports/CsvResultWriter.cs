using System.Buffers;
using System.Text;
using AdvertiseX.Engines;

namespace AdvertiseX.Reports;

/// <summary>
/// RFC 4180: a header, CR LF at every line's end, quotes where a field needs them. Null is an empty field, an empty
/// text is "". UTF-8 without a byte order mark.
/// </summary>
internal static class CsvResultWriter
{
    private static readonly SearchValues<byte> NeedQuotes = SearchValues.Create(",\"\r\n"u8);

    /// <summary>Writes all rows that are left; <paramref name="output"/> stays open.</summary>
    /// <returns>The number of rows.</returns>
    public static long Write(QueryResult result, Stream output)
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        var cell = new ArrayBufferWriter<byte>(256);
        for (var i = 0; i < result.Columns.Count; i++)
        {
            if (i > 0)
                buffer.Write(","u8);
            AppendField(buffer, Encoding.UTF8.GetBytes(result.Columns[i].Name));
        }

        buffer.Write("\r\n"u8);
        long rows = 0;
        while (result.NextChunk() is { } chunk)
        {
            for (var row = 0; row < chunk.RowCount; row++)
            {
                for (var i = 0; i < result.Columns.Count; i++)
                {
                    if (i > 0)
                        buffer.Write(","u8);
                    var vector = chunk[i];
                    if (vector.IsNull(row))
                        continue;
                    cell.ResetWrittenCount();
                    CellText.Append(cell, vector, row);
                    AppendField(buffer, cell.WrittenSpan);
                }

                buffer.Write("\r\n"u8);
                ResultBuffer.FlushIfLarge(buffer, output);
            }

            rows += chunk.RowCount;
        }

        ResultBuffer.Flush(buffer, output);
        return rows;
    }

    private static void AppendField(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && text.IndexOfAny(NeedQuotes) < 0)
        {
            buffer.Write(text);
            return;
        }

        buffer.Write("\""u8);
        for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
        {
            buffer.Write(text[..quote]);
            buffer.Write("\"\""u8);
        }

        buffer.Write(text);
        buffer.Write("\""u8);
    }
}
