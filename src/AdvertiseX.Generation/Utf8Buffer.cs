using System.Buffers.Binary;

namespace AdvertiseX.Generation;

/// <summary>
/// A growing byte buffer with the few ways of writing that the feeds need. Whoever appends calls
/// <see cref="Reserve"/> first for a whole record; appends beyond that throw. Not thread-safe.
/// </summary>
internal sealed class Utf8Buffer(int capacity)
{
    private byte[] _bytes = new byte[capacity];
    private long _day = long.MinValue;
    private readonly byte[] _dayText = "0000-00-00T"u8.ToArray();

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public Span<byte> From(int start) => _bytes.AsSpan(start, Length - start);

    public void Truncate(int length) => Length = length;

    /// <summary>Makes room for <paramref name="more"/> bytes.</summary>
    public void Reserve(int more)
    {
        if (_bytes.Length - Length < more)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + more));
    }

    public void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }

    public void Append(byte value) => _bytes[Length++] = value;

    /// <summary>A letter and 16 hexadecimal digits.</summary>
    public void AppendId(byte letter, ulong id)
    {
        Append(letter);
        AppendHex(id, 16);
    }

    public void AppendHex(ulong value, int digits)
    {
        var target = _bytes.AsSpan(Length, digits);
        for (var i = digits - 1; i >= 0; i--, value >>= 4)
            target[i] = "0123456789abcdef"u8[(int)(value & 15)];
        Length += digits;
    }

    public void AppendNumber(long value)
    {
        if (!value.TryFormat(_bytes.AsSpan(Length), out var written))
            throw new InvalidOperationException("Reserve more room before writing a number.");
        Length += written;
    }

    /// <summary>An amount of money in its unit, without trailing zeros: 2_500_000 micros are <c>2.5</c>.</summary>
    public void AppendMicros(long micros)
    {
        if (micros < 0)
            Append((byte)'-');
        var absolute = Math.Abs(micros);
        AppendNumber(absolute / 1_000_000);
        var fraction = (int)(absolute % 1_000_000);
        if (fraction == 0)
            return;
        Append((byte)'.');
        AppendDigits(fraction, 6);
        while (_bytes[Length - 1] == (byte)'0')
            Length--;
    }

    /// <summary>ISO 8601 in UTC with 3 or 6 digits of a second, e.g. <c>2024-03-01T08:15:00.250Z</c>.</summary>
    public void AppendTime(long micros, int fractionDigits)
    {
        const long microsPerDay = 86_400_000_000;
        var day = micros / microsPerDay;
        if (day != _day)
            RememberDay(day);
        Append(_dayText);
        var rest = micros - day * microsPerDay;
        var seconds = (int)(rest / 1_000_000);
        AppendDigits(seconds / 3600, 2);
        Append((byte)':');
        AppendDigits(seconds / 60 % 60, 2);
        Append((byte)':');
        AppendDigits(seconds % 60, 2);
        Append((byte)'.');
        var fraction = (int)(rest % 1_000_000);
        AppendDigits(fractionDigits == 6 ? fraction : fraction / 1000, fractionDigits);
        Append((byte)'Z');
    }

    /// <summary>A zigzag variable-length integer (Apache Avro specification, "Binary encoding").</summary>
    public void AppendAvroLong(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        for (; zigzag > 0x7F; zigzag >>= 7)
            Append((byte)(zigzag | 0x80));
        Append((byte)zigzag);
    }

    public void AppendAvroString(ReadOnlySpan<byte> text)
    {
        AppendAvroLong(text.Length);
        Append(text);
    }

    public void AppendAvroDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(double);
    }

    public void AppendAvroFloat(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.AsSpan(Length), value);
        Length += sizeof(float);
    }

    private void AppendDigits(int value, int digits)
    {
        var target = _bytes.AsSpan(Length, digits);
        for (var i = digits - 1; i >= 0; i--, value /= 10)
            target[i] = (byte)('0' + value % 10);
        Length += digits;
    }

    private void RememberDay(long day)
    {
        var date = DateOnly.FromDayNumber((int)day + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);
        _ = date.TryFormat(_dayText, out _, "yyyy-MM-dd");
        _day = day;
    }
}
