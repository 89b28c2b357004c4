namespace AdvertiseX.Decoding.Json;

/// <summary>Passes over one JSON value and checks its syntax. Same limits as <see cref="JsonText"/>: 64 bytes past the
/// end may be read.</summary>
internal static unsafe class JsonValue
{
    /// <summary>The end of the value at <paramref name="p"/>, or null if it is not valid or deeper than the
    /// limit.</summary>
    public static byte* End(byte* p, byte* end)
    {
        var plain = true;
        return End(p, end, 1, ref plain);
    }

    /// <param name="p">First byte of the value.</param>
    /// <param name="end">End of the record.</param>
    /// <param name="depth">Level of the value if it is an object or array.</param>
    /// <param name="plain">Set to false when the text is not minified or has escapes.</param>
    public static byte* End(byte* p, byte* end, int depth, ref bool plain)
    {
        if (p >= end)
            return null;
        switch (*p)
        {
            case (byte)'{':
                return ObjectEnd(p, end, depth, ref plain);
            case (byte)'[':
                return ArrayEnd(p, end, depth, ref plain);
            case (byte)'"':
                return StringEnd(p, end, ref plain);
            case (byte)'t':
                return WordEnd(p, end, "true"u8);
            case (byte)'f':
                return WordEnd(p, end, "false"u8);
            case (byte)'n':
                return WordEnd(p, end, "null"u8);
            default:
                return JsonText.NumberEnd(p, end);
        }
    }

    private static byte* ObjectEnd(byte* p, byte* end, int depth, ref bool plain)
    {
        if (depth > JsonLimits.MaxDepth)
            return null;
        p = White(p + 1, end, ref plain);
        if (p < end && *p == '}')
            return p + 1;
        while (true)
        {
            if (p >= end || *p != '"')
                return null;
            p = StringEnd(p, end, ref plain);
            if (p == null)
                return null;
            p = White(p, end, ref plain);
            if (p >= end || *p != ':')
                return null;
            p = End(White(p + 1, end, ref plain), end, depth + 1, ref plain);
            if (p == null)
                return null;
            p = White(p, end, ref plain);
            if (p >= end)
                return null;
            if (*p == '}')
                return p + 1;
            if (*p != ',')
                return null;
            p = White(p + 1, end, ref plain);
        }
    }

    private static byte* ArrayEnd(byte* p, byte* end, int depth, ref bool plain)
    {
        if (depth > JsonLimits.MaxDepth)
            return null;
        p = White(p + 1, end, ref plain);
        if (p < end && *p == ']')
            return p + 1;
        while (true)
        {
            p = End(p, end, depth + 1, ref plain);
            if (p == null)
                return null;
            p = White(p, end, ref plain);
            if (p >= end)
                return null;
            if (*p == ']')
                return p + 1;
            if (*p != ',')
                return null;
            p = White(p + 1, end, ref plain);
        }
    }

    private static byte* StringEnd(byte* p, byte* end, ref bool plain)
    {
        p++;
        while (true)
        {
            p = JsonText.StringEnd(p, end);
            if (p >= end || *p < 0x20)
                return null;
            if (*p == '"')
                return p + 1;
            plain = false;
            p = EscapeEnd(p + 1, end);
            if (p == null)
                return null;
        }
    }

    private static byte* EscapeEnd(byte* p, byte* end)
    {
        if (p >= end)
            return null;
        if ("\"\\/bfnrt"u8.Contains(*p))
            return p + 1;
        if (*p != 'u' || end - p < 5)
            return null;
        for (var i = 1; i <= 4; i++)
            if (!char.IsAsciiHexDigit((char)p[i]))
                return null;
        return p + 5;
    }

    private static byte* WordEnd(byte* p, byte* end, ReadOnlySpan<byte> word) =>
        end - p >= word.Length && new ReadOnlySpan<byte>(p, word.Length).SequenceEqual(word) ? p + word.Length : null;

    private static byte* White(byte* p, byte* end, ref bool plain)
    {
        if (p >= end || *p > ' ')
            return p;
        plain = false;
        return JsonText.SkipWhite(p, end);
    }
}
