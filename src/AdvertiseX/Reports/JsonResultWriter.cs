using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AdvertiseX.DuckDb;
using AdvertiseX.Engines;

namespace AdvertiseX.Reports;

/// <summary>
/// One array of objects, an object a line. Integers and decimals of any size are exact numbers; NaN and infinite
/// doubles are null; dates and times are ISO 8601 texts; bytes are hex; nested types and JSON columns are nested JSON.
/// A column name that came before gets _1, _2, … so that no object has a key twice.
/// </summary>
internal static class JsonResultWriter
{
    // Valid in every JSON reader, and readable; nothing here is put into HTML.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Writes all rows that are left; <paramref name="output"/> stays open.</summary>
    /// <returns>The number of rows.</returns>
    public static long Write(QueryResult result, Stream output)
    {
        var keys = Keys(result.Columns);
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        var cell = new ArrayBufferWriter<byte>(256);
        buffer.Write("["u8);
        long rows = 0;
        while (result.NextChunk() is { } chunk)
        {
            for (var row = 0; row < chunk.RowCount; row++, rows++)
            {
                buffer.Write(rows == 0 ? "\n{"u8 : ",\n{"u8);
                for (var i = 0; i < keys.Length; i++)
                {
                    buffer.Write(keys[i]);
                    AppendValue(buffer, cell, chunk[i], row);
                }

                buffer.Write("}"u8);
                ResultBuffer.FlushIfLarge(buffer, output);
            }
        }

        buffer.Write(rows == 0 ? "]\n"u8 : "\n]\n"u8);
        ResultBuffer.Flush(buffer, output);
        return rows;
    }

    private static void AppendValue(
        ArrayBufferWriter<byte> buffer,
        ArrayBufferWriter<byte> cell,
        in DuckDbVector vector,
        int row
    )
    {
        var type = vector.Column.Type;
        if (vector.IsNull(row) || !IsFinite(vector, row))
        {
            buffer.Write("null"u8);
        }
        else if (CellText.IsNumber(type) || type == DuckDbType.Boolean || vector.Column.IsJson)
        {
            CellText.Append(buffer, vector, row);
        }
        else
        {
            cell.ResetWrittenCount();
            CellText.Append(cell, vector, row);
            AppendText(buffer, cell.WrittenSpan);
        }
    }

    private static bool IsFinite(in DuckDbVector vector, int row) =>
        vector.Column.Type is not (DuckDbType.Double or DuckDbType.Float) || double.IsFinite(vector.GetDouble(row));

    private static void AppendText(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> text)
    {
        buffer.Write("\""u8);
        buffer.Write(JsonEncodedText.Encode(text, Encoder).EncodedUtf8Bytes);
        buffer.Write("\""u8);
    }

    // What stands before a value: a comma unless it is the first, the key, a colon.
    private static byte[][] Keys(IReadOnlyList<DuckDbColumn> columns)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        return columns
            .Select(
                (column, i) =>
                {
                    var name = column.Name;
                    for (var n = 1; !used.Add(name); n++)
                        name = $"{column.Name}_{n}";
                    var text = JsonEncodedText.Encode(name, Encoder);
                    return (byte[])[.. i == 0 ? "\""u8 : ",\""u8, .. text.EncodedUtf8Bytes, .. "\":"u8];
                }
            )
            .ToArray();
    }
}
