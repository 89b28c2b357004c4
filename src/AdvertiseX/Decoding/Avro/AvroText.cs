using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace AdvertiseX.Decoding.Avro;

/// <summary>Texts of values that Avro holds as bytes or numbers: decimals, times, uuids, hex. Each writes to the output
/// and returns false where the value is outside what its text can say.</summary>
internal static class AvroText
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>Bytes of the largest decimal that is rendered: over 150 digits.</summary>
    private const int MaxDecimalBytes = 64;

    /// <summary>Two's complement big-endian bytes, as a number with the scale's digits after the point.</summary>
    public static bool Decimal(ReadOnlySpan<byte> unscaled, int scale, Utf8Output to)
    {
        if (unscaled.Length is 0 or > MaxDecimalBytes)
            return false;
        Span<byte> digits = stackalloc byte[256];
        var negative = (sbyte)unscaled[0] < 0;
        int count;
        if (unscaled.Length <= 8)
        {
            long value = negative ? -1 : 0;
            foreach (var b in unscaled)
                value = (value << 8) | b;
            var magnitude = negative ? 0UL - (ulong)value : (ulong)value;
            magnitude.TryFormat(digits, out count);
        }
        else
        {
            var magnitude = BigInteger.Abs(new BigInteger(unscaled, isBigEndian: true));
            var text = magnitude.ToString(CultureInfo.InvariantCulture);
            count = System.Text.Encoding.ASCII.GetBytes(text, digits);
        }

        Place(digits[..count], scale, negative, to);
        return true;
    }

    /// <summary>Bytes as lower-case hex.</summary>
    public static void Hex(ReadOnlySpan<byte> bytes, Utf8Output to)
    {
        if (bytes.Length > Utf8Output.DefaultMaxBytes)
            to.Room(int.MaxValue);
        else if (Convert.TryToHexStringLower(bytes, to.Room(2 * bytes.Length), out var written))
            to.Advance(written);
    }

    /// <summary>Sixteen bytes in the order of RFC 9562, with dashes.</summary>
    public static void Uuid(ReadOnlySpan<byte> bytes, Utf8Output to)
    {
        if (new Guid(bytes, bigEndian: true).TryFormat(to.Room(36), out var written))
            to.Advance(written);
    }

    /// <summary>Days since 1970 as yyyy-MM-dd, years 1 to 9999.</summary>
    public static bool Date(long days, Utf8Output to) =>
        days is >= -719_162 and <= 2_932_896 && Append(DateTime.UnixEpoch.AddDays(days), "yyyy-MM-dd", to);

    /// <summary>A time of day as HH:mm:ss.ffffff.</summary>
    public static bool TimeOfDay(long micros, Utf8Output to) =>
        micros is >= 0 and < MicrosPerDay
        && Append(DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond), "HH:mm:ss.ffffff", to);

    /// <summary>Micros since 1970 as yyyy-MM-ddTHH:mm:ss.ffffff, years 1 to 9999.</summary>
    public static bool Timestamp(long micros, Utf8Output to) =>
        micros is >= -719_162 * MicrosPerDay and < 2_932_897 * MicrosPerDay
        && Append(
            DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond),
            "yyyy-MM-dd'T'HH:mm:ss.ffffff",
            to
        );

    /// <summary>Brings a timestamp to micros. False if it does not fit.</summary>
    public static bool ToMicros(AvroLogicalType unit, long value, out long micros)
    {
        micros = value;
        switch (unit)
        {
            case AvroLogicalType.TimestampMillis or AvroLogicalType.LocalTimestampMillis or AvroLogicalType.TimeMillis:
                micros = unchecked(value * 1000);
                return value is <= long.MaxValue / 1000 and >= long.MinValue / 1000;
            case AvroLogicalType.TimestampNanos or AvroLogicalType.LocalTimestampNanos:
                // Towards the past, so that the digits kept are those of the text.
                micros = (value / 1000) - (value % 1000 < 0 ? 1 : 0);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Months, days and milliseconds as a JSON object.</summary>
    public static void Duration(ReadOnlySpan<byte> bytes, Utf8Output to)
    {
        to.Write("{\"months\":"u8);
        to.Write(BinaryPrimitives.ReadUInt32LittleEndian(bytes));
        to.Write(",\"days\":"u8);
        to.Write(BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
        to.Write(",\"millis\":"u8);
        to.Write(BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        to.Write((byte)'}');
    }

    /// <summary>The shortest text that reads back the same; false for what JSON has no number for.</summary>
    public static bool Real(double value, Utf8Output to) =>
        double.IsFinite(value)
        && value.TryFormat(to.Room(32), out var written, provider: CultureInfo.InvariantCulture)
        && Used(written, to);

    /// <inheritdoc cref="Real(double, Utf8Output)"/>
    public static bool Real(float value, Utf8Output to) =>
        float.IsFinite(value)
        && value.TryFormat(to.Room(32), out var written, provider: CultureInfo.InvariantCulture)
        && Used(written, to);

    private static bool Append(DateTime time, string format, Utf8Output to) =>
        time.TryFormat(to.Room(32), out var written, format, CultureInfo.InvariantCulture) && Used(written, to);

    private static bool Used(int written, Utf8Output to)
    {
        to.Advance(written);
        return true;
    }

    private static void Place(ReadOnlySpan<byte> digits, int scale, bool negative, Utf8Output to)
    {
        if (negative)
            to.Write((byte)'-');
        var whole = digits.Length - scale;
        if (whole <= 0)
        {
            to.Write((byte)'0');
        }
        else
        {
            to.Write(digits[..whole]);
            digits = digits[whole..];
        }

        if (scale == 0)
            return;
        to.Write((byte)'.');
        for (var zeros = whole; zeros < 0; zeros++)
            to.Write((byte)'0');
        to.Write(digits);
    }
}
