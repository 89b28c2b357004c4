using System.Buffers;
using System.Globalization;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Reports;

/// <summary>
/// Values as UTF-8 text, the same in every format: integers and decimals exact, doubles in their shortest form, ISO
/// 8601 dates and times (a TIMESTAMP WITH TIME ZONE in UTC with Z, a plain TIMESTAMP without), bytes as lower-case hex.
/// </summary>
internal static class CellText
{
    private const long DayMicros = 86_400_000_000;

    internal static bool IsNumber(DuckDbType type) =>
        type
            is DuckDbType.TinyInt
                or DuckDbType.SmallInt
                or DuckDbType.Integer
                or DuckDbType.BigInt
                or DuckDbType.HugeInt
                or DuckDbType.UTinyInt
                or DuckDbType.USmallInt
                or DuckDbType.UInteger
                or DuckDbType.UBigInt
                or DuckDbType.UHugeInt
                or DuckDbType.Float
                or DuckDbType.Double
                or DuckDbType.Decimal;

    /// <summary>Appends the value of a row that is not null.</summary>
    internal static void Append(ArrayBufferWriter<byte> output, in DuckDbVector vector, int row)
    {
        switch (vector.Column.Type)
        {
            case DuckDbType.Varchar:
                output.Write(vector.GetBytes(row));
                break;
            case DuckDbType.Blob:
                AppendHex(output, vector.GetBytes(row));
                break;
            case DuckDbType.Boolean:
                output.Write(vector.GetBoolean(row) ? "true"u8 : "false"u8);
                break;
            case DuckDbType.Double:
                Append(output, vector.GetDouble(row));
                break;
            case DuckDbType.Float:
                Append(output, vector.Values<float>()[row]);
                break;
            case DuckDbType.Decimal:
                AppendDecimal(output, vector.GetInt128(row), vector.Column.Scale);
                break;
            case DuckDbType.HugeInt or DuckDbType.UBigInt:
                Append(output, vector.GetInt128(row));
                break;
            case DuckDbType.UHugeInt:
                Append(output, vector.GetUInt128(row));
                break;
            case DuckDbType.Date:
                AppendDate(output, vector.GetDateDays(row));
                break;
            case DuckDbType.Time:
                AppendTime(output, vector.GetInt64(row));
                break;
            case DuckDbType.Timestamp
            or DuckDbType.TimestampTz
            or DuckDbType.TimestampSeconds
            or DuckDbType.TimestampMillis:
                AppendTimestamp(output, vector.GetTimestampMicros(row), vector.Column.Type == DuckDbType.TimestampTz);
                break;
            case DuckDbType.TimestampNanos:
                AppendNanos(output, vector.GetInt64(row));
                break;
            default:
                Append(output, vector.GetInt64(row));
                break;
        }
    }

    private static void Append<T>(ArrayBufferWriter<byte> output, T value, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        // 64 bytes hold every number in its shortest form: 39 digits and a sign, or 24 characters of a double.
        value.TryFormat(output.GetSpan(64), out var written, format, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static void AppendDecimal(ArrayBufferWriter<byte> output, Int128 unscaled, int scale)
    {
        if (scale == 0)
        {
            Append(output, unscaled);
            return;
        }

        // At most 38 digits, so the value and its negative both fit.
        if (unscaled < 0)
            output.Write("-"u8);
        var text = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        AppendAscii(output, text.AsSpan(0, text.Length - scale));
        output.Write("."u8);
        AppendAscii(output, text.AsSpan(text.Length - scale));
    }

    private static void AppendHex(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Convert.TryToHexStringLower(bytes, output.GetSpan((bytes.Length * 2) + 1), out var written);
        output.Advance(written);
    }

    private static void AppendDate(ArrayBufferWriter<byte> output, int days)
    {
        if (days is int.MaxValue or -int.MaxValue)
            output.Write(days > 0 ? "infinity"u8 : "-infinity"u8);
        else
            AppendDay(output, days);
    }

    private static void AppendTimestamp(ArrayBufferWriter<byte> output, long micros, bool utc)
    {
        if (micros is long.MaxValue or -long.MaxValue)
        {
            output.Write(micros > 0 ? "infinity"u8 : "-infinity"u8);
            return;
        }

        var day = Math.DivRem(micros, DayMicros, out var time);
        if (time < 0)
            (day, time) = (day - 1, time + DayMicros);
        AppendDay(output, day);
        output.Write("T"u8);
        AppendTime(output, time);
        if (utc)
            output.Write("Z"u8);
    }

    private static void AppendNanos(ArrayBufferWriter<byte> output, long nanos)
    {
        if (nanos is long.MaxValue or -long.MaxValue)
        {
            AppendTimestamp(output, nanos, utc: false);
            return;
        }

        var second = Math.DivRem(nanos, 1_000_000_000, out var rest);
        if (rest < 0)
            (second, rest) = (second - 1, rest + 1_000_000_000);
        AppendTimestamp(output, second * 1_000_000, utc: false);
        if (rest == 0)
            return;
        output.Write("."u8);
        Append(output, rest, "D9");
    }

    private static void AppendTime(ArrayBufferWriter<byte> output, long micros)
    {
        var seconds = Math.DivRem(micros, 1_000_000, out var fraction);
        Append(output, seconds / 3600, "D2");
        output.Write(":"u8);
        Append(output, seconds / 60 % 60, "D2");
        output.Write(":"u8);
        Append(output, seconds % 60, "D2");
        if (fraction == 0)
            return;
        output.Write("."u8);
        Append(output, fraction, "D6");
    }

    // DuckDB's days reach from -290308 to 5881580, further than DateOnly; the proleptic Gregorian calendar, counted in
    // eras of 400 years (146,097 days) from 1 March of the year 0.
    private static void AppendDay(ArrayBufferWriter<byte> output, long days)
    {
        var shifted = days + 719_468;
        var era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097;
        var dayOfEra = shifted - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        var day = dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1;
        var month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        var year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
        // ISO 8601: a sign where four digits do not do.
        if (year > 9999)
            output.Write("+"u8);
        Append(output, year, "D4");
        output.Write("-"u8);
        Append(output, month, "D2");
        output.Write("-"u8);
        Append(output, day, "D2");
    }

    private static void AppendAscii(ArrayBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        System.Text.Ascii.FromUtf16(text, output.GetSpan(text.Length), out var written);
        output.Advance(written);
    }
}
