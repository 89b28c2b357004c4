using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using NodaTime;

namespace AdvertiseX.Validation;

/// <summary>
/// Times as feeds write them, to microseconds since 1970 UTC: ISO 8601 with and without zone (a space for the T, a
/// slash for the dash, up to nine decimals, the rest beyond micros cut off), compact <c>YYYYMMDD[T]HHMMSS</c>, and
/// epochs in seconds (with decimals), millis, micros or nanos told apart by magnitude. A time without a zone is read in
/// the contract's; where that has it twice, the earlier. Keeps the last date as a guess; not thread-safe.
/// </summary>
internal sealed unsafe class TimeParser
{
    private const long MicrosPerSecond = 1_000_000;
    private const long MicrosPerDay = 86_400 * MicrosPerSecond;
    private readonly DateTimeZone? _zone;
    private readonly string[] _formats;
    private ulong _lastYearMonth;
    private ushort _lastDay;
    private long _lastDateMicros;
    private long _intervalStart = long.MaxValue;
    private long _intervalEnd = long.MinValue;
    private long _intervalOffset;

    /// <param name="zone">IANA zone of naive times.</param>
    /// <param name="formats">.NET custom formats tried last.</param>
    public TimeParser(string zone = "UTC", IReadOnlyList<string>? formats = null)
    {
        var found = DateTimeZoneProviders.Tzdb[zone];
        _zone = found.MinOffset == Offset.Zero && found.MaxOffset == Offset.Zero ? null : found;
        _formats = [.. formats ?? []];
    }

    /// <summary>Reads a time from text.</summary>
    public TimeVerdict Parse(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length >= 19 && text[4] == '-' && TryIso(text, out micros, out var naive))
            return naive ? FromLocal(ref micros) : TimeVerdict.Ok;
        return Unusual(text, out micros);
    }

    /// <summary>An epoch whose unit its magnitude tells: below 10^11 seconds, 10^14 millis, 10^17 micros, else
    /// nanos.</summary>
    public static long FromEpoch(long value) =>
        Math.Abs(value) switch
        {
            < 100_000_000_000 => value * MicrosPerSecond,
            < 100_000_000_000_000 => value * 1000,
            < 100_000_000_000_000_000 => value,
            _ => value / 1000,
        };

    // Invariant: at least 19 readable bytes.
    private bool TryIso(ReadOnlySpan<byte> t, out long micros, out bool naive)
    {
        micros = 0;
        naive = false;
        fixed (byte* p = t)
        {
            if (!TryDate(p, out var date))
                return false;
            if (p[10] is not ((byte)'T' or (byte)' ' or (byte)'t') || p[13] != ':' || p[16] != ':')
                return false;
            if (
                !TwoDigits(p + 11, out var hour)
                || !TwoDigits(p + 14, out var minute)
                || !TwoDigits(p + 17, out var second)
            )
                return false;
            if (hour > 23 || minute > 59 || second > 59)
                return false;
            micros = date + ((((hour * 60L) + minute) * 60L + second) * MicrosPerSecond);
        }

        var at = 19;
        if (at < t.Length && t[at] is (byte)'.' or (byte)',' && !TryFraction(t, ref at, ref micros))
            return false;
        return TryOffset(t[at..], ref micros, out naive);
    }

    // Reads YYYY-MM-DD at p; the ten bytes are compared with the last ones first.
    private bool TryDate(byte* p, out long micros)
    {
        var first = Unsafe.ReadUnaligned<ulong>(p);
        var last = Unsafe.ReadUnaligned<ushort>(p + 8);
        if (first == _lastYearMonth && last == _lastDay)
        {
            micros = _lastDateMicros;
            return true;
        }

        micros = 0;
        if (p[4] != p[7] || p[4] is not ((byte)'-' or (byte)'/'))
            return false;
        if (
            !TwoDigits(p, out var century)
            || !TwoDigits(p + 2, out var year)
            || !TwoDigits(p + 5, out var month)
            || !TwoDigits(p + 8, out var day)
        )
            return false;
        if (!TryDays((century * 100) + year, month, day, out micros))
            return false;
        _lastYearMonth = first;
        _lastDay = last;
        _lastDateMicros = micros;
        return true;
    }

    private static bool TryDays(int year, int month, int day, out long micros)
    {
        micros = 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        micros = (new DateOnly(year, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber) * MicrosPerDay;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TwoDigits(byte* p, out int value)
    {
        uint tens = (uint)p[0] - '0',
            ones = (uint)p[1] - '0';
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9;
    }

    private static bool TryFraction(ReadOnlySpan<byte> t, ref int at, ref long micros)
    {
        var start = ++at;
        long fraction = 0;
        var digits = 0;
        while (at < t.Length && (uint)t[at] - '0' <= 9)
        {
            if (digits < 6)
            {
                fraction = (fraction * 10) + (t[at] - '0');
                digits++;
            }

            at++;
        }

        if (at == start || at - start > 9)
            return false;
        for (; digits < 6; digits++)
            fraction *= 10;
        micros += fraction;
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> t, ref long micros, out bool naive)
    {
        naive = t.Length == 0;
        if (naive || (t.Length == 1 && (t[0] | 0x20) == 'z'))
            return true;
        if (t.SequenceEqual(" UTC"u8) || t.SequenceEqual(" GMT"u8))
            return true;
        if (t[0] == ' ')
            t = t[1..];
        if (t.Length is not (3 or 5 or 6) || t[0] is not ((byte)'+' or (byte)'-'))
            return false;
        if (t.Length == 6 && t[3] != ':')
            return false;
        int hours,
            minutes = 0;
        fixed (byte* p = t)
        {
            if (!TwoDigits(p + 1, out hours))
                return false;
            if (t.Length > 3 && !TwoDigits(p + t.Length - 2, out minutes))
                return false;
        }

        if (hours > 18 || minutes > 59)
            return false;
        var offset = ((hours * 60L) + minutes) * 60 * MicrosPerSecond;
        micros += t[0] == '+' ? -offset : offset;
        return true;
    }

    private TimeVerdict Unusual(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length is 0 or > 64)
            return TimeVerdict.NotATime;
        if (TryCompact(text, out micros, out var naive) || TryShort(text, out micros, out naive))
            return naive ? FromLocal(ref micros) : TimeVerdict.Ok;
        if (TryEpoch(text, out micros))
            return TimeVerdict.Ok;
        foreach (var format in _formats)
        {
            if (
                !DateTimeOffset.TryParseExact(
                    Encoding.UTF8.GetString(text),
                    format,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var parsed
                )
            )
                continue;
            micros = EpochMicros.Of(parsed);
            return format.Contains('z') || format.Contains('K') ? TimeVerdict.Ok : FromLocal(ref micros);
        }

        return TimeVerdict.NotATime;
    }

    // 2024-03-01, 2024/03/01, 2024/03/01 12:00:00, 2024-03-01T12:00[Z]
    private bool TryShort(ReadOnlySpan<byte> t, out long micros, out bool naive)
    {
        micros = 0;
        naive = true;
        if (t.Length < 10 || t[4] is not ((byte)'-' or (byte)'/'))
            return false;
        if (t.Length >= 19 && t[16] == ':')
            return TryIso(t, out micros, out naive);
        fixed (byte* p = t)
        {
            Span<byte> padded = stackalloc byte[32];
            t[..10].CopyTo(padded);
            fixed (byte* date = padded)
            {
                if (!TryDate(date, out micros))
                    return false;
            }

            if (t.Length == 10)
                return true;
            if (t.Length < 16 || p[10] is not ((byte)'T' or (byte)' ') || p[13] != ':')
                return false;
            if (!TwoDigits(p + 11, out var hour) || !TwoDigits(p + 14, out var minute) || hour > 23 || minute > 59)
                return false;
            micros += ((hour * 60L) + minute) * 60 * MicrosPerSecond;
            return TryOffset(t[16..], ref micros, out naive);
        }
    }

    // YYYYMMDD, YYYYMMDDHHMMSS, YYYYMMDDTHHMMSS[Z]; years 1900 to 2199 only, so that epochs are not mistaken.
    private static bool TryCompact(ReadOnlySpan<byte> t, out long micros, out bool naive)
    {
        micros = 0;
        naive = true;
        var separated = t.Length >= 15 && t[8] == 'T';
        if (!separated && t.Length is not (8 or 14))
            return false;
        if (t[0] is not ((byte)'1' or (byte)'2') || t[1] is not ((byte)'9' or (byte)'0' or (byte)'1'))
            return false;
        fixed (byte* p = t)
        {
            if (
                !TwoDigits(p, out var century)
                || !TwoDigits(p + 2, out var year)
                || !TwoDigits(p + 4, out var month)
                || !TwoDigits(p + 6, out var day)
            )
                return false;
            if (century is < 19 or > 21 || !TryDays((century * 100) + year, month, day, out micros))
                return false;
            if (t.Length == 8)
                return true;
            var time = separated ? p + 9 : p + 8;
            if (
                !TwoDigits(time, out var hour)
                || !TwoDigits(time + 2, out var minute)
                || !TwoDigits(time + 4, out var second)
            )
                return false;
            if (hour > 23 || minute > 59 || second > 59)
                return false;
            micros += ((((hour * 60L) + minute) * 60L) + second) * MicrosPerSecond;
        }

        return !separated || TryOffset(t[15..], ref micros, out naive);
    }

    private static bool TryEpoch(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (Micros.Parse(text, 0, out var whole, out var exact) != DecimalVerdict.Ok)
            return false;
        if (exact)
        {
            micros = FromEpoch(whole);
            return true;
        }

        var scale = Math.Abs(whole) switch
        {
            < 100_000_000_000 => 6,
            < 100_000_000_000_000 => 3,
            < 100_000_000_000_000_000 => 0,
            _ => -3,
        };
        return Micros.Parse(text, scale, out micros, out _) == DecimalVerdict.Ok;
    }

    private TimeVerdict FromLocal(ref long micros)
    {
        if (_zone == null)
            return TimeVerdict.Ok;
        if (micros >= _intervalStart && micros < _intervalEnd)
        {
            micros -= _intervalOffset;
            return TimeVerdict.Ok;
        }

        var local = LocalDateTime.FromDateTime(DateTime.UnixEpoch.AddTicks(micros * 10));
        var mapping = _zone.MapLocal(local);
        if (mapping.Count == 0)
            return TimeVerdict.SkippedByZone;
        var interval = mapping.EarlyInterval;
        Remember(interval);
        micros -= interval.WallOffset.Ticks / 10;
        return TimeVerdict.Ok;
    }

    // Within an interval, a day away from both ends, local times are neither skipped nor doubled.
    private void Remember(NodaTime.TimeZones.ZoneInterval interval)
    {
        _intervalOffset = interval.WallOffset.Ticks / 10;
        _intervalStart = interval.HasStart ? ToMicros(interval.Start) + _intervalOffset + MicrosPerDay : long.MinValue;
        _intervalEnd = interval.HasEnd ? ToMicros(interval.End) + _intervalOffset - MicrosPerDay : long.MaxValue;
    }

    private static long ToMicros(Instant instant) => instant.ToUnixTimeTicks() / 10;
}
