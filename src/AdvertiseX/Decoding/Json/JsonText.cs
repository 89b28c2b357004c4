using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AdvertiseX.Decoding.Json;

/// <summary>
/// Strings and numbers of JSON (RFC 8259) at the level of bytes. Invariant of every method that takes an end: up to 64
/// bytes past it may be read, none is written.
/// </summary>
internal static unsafe class JsonText
{
    /// <summary>Bytes that <see cref="Unescape"/> may write past what it returns.</summary>
    public const int UnescapeSlack = 64;

    /// <summary>The first quote, backslash or control character at or after <paramref name="p"/>;
    /// <paramref name="end"/> or later when there is none before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* StringEnd(byte* p, byte* end)
    {
        while (true)
        {
            var hits = Special(Vector256.Load(p));
            if (hits != 0)
                return p + BitOperations.TrailingZeroCount(hits);
            p += 32;
            if (p >= end)
                return end;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Special(Vector256<byte> v) =>
        (
            Vector256.Equals(v, Vector256.Create((byte)'"'))
            | Vector256.Equals(v, Vector256.Create((byte)'\\'))
            | Vector256.Equals(Vector256.Min(v, Vector256.Create((byte)0x1F)), v)
        ).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* SkipWhite(byte* p, byte* end)
    {
        while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
            p++;
        return p;
    }

    /// <summary>
    /// Unescapes the string that starts at <paramref name="p"/> (after its quote) into <paramref name="target"/>, which
    /// has room for <c>end − p + UnescapeSlack</c> bytes. Returns the closing quote, or null if there is none before
    /// the end or an escape is wrong. Half of a surrogate pair alone becomes U+FFFD: loggers that cut texts leave such,
    /// and the event is worth more than the character.
    /// </summary>
    public static byte* Unescape(byte* p, byte* end, byte* target, out int length)
    {
        var start = target;
        length = 0;
        while (true)
        {
            var v = Vector256.Load(p);
            v.Store(target);
            var hits = Special(v);
            if (hits == 0)
            {
                p += 32;
                target += 32;
                if (p >= end)
                    return null;
                continue;
            }

            var run = BitOperations.TrailingZeroCount(hits);
            p += run;
            target += run;
            if (p >= end || *p < 0x20)
                return null;
            if (*p == '"')
                break;
            var plain = Escapes[p[1]];
            if (plain != 0)
            {
                *target++ = plain;
                p += 2;
            }
            else
            {
                p = UnicodeEscape(p + 1, end, ref target);
            }

            if (p == null || p >= end)
                return null;
        }

        length = (int)(target - start);
        return p;
    }

    /// <summary>The end of the number at <paramref name="p"/>, or null if it breaks the grammar. Stops at the first
    /// byte that is no part of it; there must be one at or before <paramref name="end"/>, else null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* NumberEnd(byte* p, byte* end)
    {
        if (*p == '-')
            p++;
        if (*p == '0')
            p++;
        else if (IsDigit(*p))
            p = Digits(p, end);
        else
            return null;
        return *p == '.' || (*p | 0x20) == 'e' ? FractionEnd(p, end) : p;
    }

    /// <summary>
    /// Writes valid JSON without white space, strings with as few escapes as can be, so that equal values mostly have
    /// equal text. Never longer than the source. Returns the length.
    /// </summary>
    public static int Minify(byte* p, byte* end, byte* target)
    {
        var start = target;
        while (p < end)
        {
            var c = *p++;
            if (c is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                continue;
            *target++ = c;
            if (c == '"')
                p = MinifyString(p, end, ref target);
        }

        return (int)(target - start);
    }

    private static byte* MinifyString(byte* p, byte* end, ref byte* target)
    {
        var rune = stackalloc byte[4];
        while (*p != '"')
        {
            if (*p != '\\')
            {
                *target++ = *p++;
                continue;
            }

            var runeEnd = rune;
            p = Escape(p + 1, end, ref runeEnd);
            for (var b = rune; b < runeEnd; b++)
                WriteEscaped(*b, ref target);
        }

        *target++ = (byte)'"';
        return p + 1;
    }

    private static void WriteEscaped(byte b, ref byte* target)
    {
        if (b >= 0x20 && b != '"' && b != '\\')
        {
            *target++ = b;
            return;
        }

        *target++ = (byte)'\\';
        var index = "\"\\\b\f\n\r\t"u8.IndexOf(b);
        if (index >= 0)
        {
            *target++ = "\"\\bfnrt"u8[index];
            return;
        }

        "u00"u8.CopyTo(new Span<byte>(target, 3));
        target[3] = "0123456789abcdef"u8[b >> 4];
        target[4] = "0123456789abcdef"u8[b & 15];
        target += 5;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsDigit(byte b) => (uint)(b - '0') <= 9;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Digits(byte* p, byte* end)
    {
        do p++;
        while (p < end && IsDigit(*p));
        return p;
    }

    private static byte* FractionEnd(byte* p, byte* end)
    {
        if (*p == '.')
        {
            p++;
            if (p >= end || !IsDigit(*p))
                return null;
            p = Digits(p, end);
        }

        if ((*p | 0x20) != 'e')
            return p;
        p++;
        if (*p is (byte)'+' or (byte)'-')
            p++;
        return p < end && IsDigit(*p) ? Digits(p, end) : null;
    }

    /// <summary>What a backslash and this byte stand for, 0 = something else.</summary>
    private static ReadOnlySpan<byte> Escapes =>
        [
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)'"',
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)'/',
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)'\\',
            0,
            0,
            0,
            0,
            0,
            (byte)'\b',
            0,
            0,
            0,
            (byte)'\f',
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            (byte)'\n',
            0,
            0,
            0,
            (byte)'\r',
            0,
            (byte)'\t',
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ];

    /// <summary>Writes what the escape after the backslash at p − 1 stands for; returns what follows it, or
    /// null.</summary>
    private static byte* Escape(byte* p, byte* end, ref byte* target)
    {
        var c = Escapes[*p];
        if (c != 0)
        {
            *target++ = c;
            return p + 1;
        }

        return UnicodeEscape(p, end, ref target);
    }

    private static byte* UnicodeEscape(byte* p, byte* end, ref byte* target)
    {
        if (*p++ != 'u')
            return null;
        var unit = Hex4(p, end);
        if (unit < 0)
            return null;
        p += 4;
        var rune = unit;
        if (unit is >= 0xD800 and <= 0xDFFF)
        {
            rune = 0xFFFD;
            if (unit <= 0xDBFF && *p == '\\' && p[1] == 'u' && Hex4(p + 2, end) is >= 0xDC00 and <= 0xDFFF and int low)
            {
                rune = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                p += 6;
            }
        }

        target += new System.Text.Rune(rune).EncodeToUtf8(new Span<byte>(target, 4));
        return p;
    }

    private static int Hex4(byte* p, byte* end)
    {
        if (end - p < 4)
            return -1;
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = HexDigit(p[i]);
            if (digit < 0)
                return -1;
            value = (value << 4) | digit;
        }

        return value;
    }

    private static int HexDigit(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };
}
