namespace AdvertiseX.Events;

/// <summary>
/// Exact decimal text to integer parts: money to micros (millionths), epochs to microseconds. Never by way of a double.
/// What is finer than the scale is rounded to the nearest, halves away from zero. Thread-safe.
/// </summary>
internal static class Micros
{
    /// <summary>Decimal places of a micro.</summary>
    public const int Scale = 6;

    /// <summary>Micros of one unit of a currency.</summary>
    public const long PerUnit = 1_000_000;

    private const int MaxDigits = 19;

    private static readonly ulong[] Powers = CreatePowers();

    /// <summary>
    /// Reads <c>[+-]digits[.digits][e[+-]digits]</c> as an integer count of 10^−<paramref name="scale"/>.
    /// </summary>
    /// <param name="text">ASCII, nothing else around the number.</param>
    /// <param name="scale">Decimal places kept; may be negative.</param>
    /// <param name="value">The count.</param>
    /// <param name="exact">Whether nothing was rounded away.</param>
    public static DecimalVerdict Parse(ReadOnlySpan<byte> text, int scale, out long value, out bool exact)
    {
        value = 0;
        exact = true;
        var i = 0;
        var negative = false;
        if (text.Length > 0 && (text[0] == '-' || text[0] == '+'))
            negative = text[i++] == '-';
        ulong mantissa = 0;
        int digits = 0,
            kept = 0,
            exponent = 0;
        var dot = false;
        for (; i < text.Length; i++)
        {
            var d = (uint)text[i] - '0';
            if (d <= 9)
            {
                digits++;
                if (kept < MaxDigits)
                {
                    mantissa = (mantissa * 10) + d;
                    if (mantissa != 0)
                        kept++;
                    if (dot)
                        exponent--;
                }
                else
                {
                    exact &= d == 0;
                    if (!dot)
                        exponent++;
                }
            }
            else if (text[i] == '.' && !dot)
            {
                dot = true;
            }
            else
            {
                break;
            }
        }

        if (digits == 0)
            return DecimalVerdict.NotANumber;
        if (i < text.Length)
        {
            if ((text[i] | 0x20) != 'e' || !TryExponent(text[(i + 1)..], ref exponent))
                return DecimalVerdict.NotANumber;
        }

        return ToInteger(mantissa, exponent + scale, negative, out value, ref exact);
    }

    /// <summary>
    /// Reads a double whose shortest decimal form has at most six decimals and fifteen digits, as prices do: the count
    /// of millionths that gives this very double when divided again. False where there is none; its text then decides.
    /// </summary>
    public static bool TryShort(double number, out long micros)
    {
        const double MaxMicros = 1e15;
        var scaled = Math.Round(number * 1e6);
        var fits = Math.Abs(scaled) < MaxMicros && scaled / 1e6 == number;
        micros = fits ? (long)scaled : 0;
        return fits;
    }

    private static bool TryExponent(ReadOnlySpan<byte> text, ref int exponent)
    {
        var negative = false;
        if (text.Length > 0 && (text[0] == '-' || text[0] == '+'))
        {
            negative = text[0] == '-';
            text = text[1..];
        }

        if (text.Length is 0 or > 6)
            return false;
        var e = 0;
        foreach (var b in text)
        {
            if (b - '0' > 9u || b < '0')
                return false;
            e = (e * 10) + (b - '0');
        }

        exponent += negative ? -e : e;
        return true;
    }

    private static DecimalVerdict ToInteger(ulong mantissa, int shift, bool negative, out long value, ref bool exact)
    {
        value = 0;
        if (mantissa == 0)
            return DecimalVerdict.Ok;
        if (shift >= 0)
        {
            if (shift >= Powers.Length)
                return DecimalVerdict.OutOfRange;
            var high = Math.BigMul(mantissa, Powers[shift], out mantissa);
            if (high != 0)
                return DecimalVerdict.OutOfRange;
        }
        else if (-shift >= Powers.Length)
        {
            exact = false;
            return DecimalVerdict.Ok;
        }
        else
        {
            (mantissa, var rest) = Math.DivRem(mantissa, Powers[-shift]);
            exact &= rest == 0;
            if (rest >= Powers[-shift] - rest)
                mantissa++;
        }

        if (mantissa > long.MaxValue)
            return DecimalVerdict.OutOfRange;
        value = negative ? -(long)mantissa : (long)mantissa;
        return DecimalVerdict.Ok;
    }

    private static ulong[] CreatePowers()
    {
        var powers = new ulong[20];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
