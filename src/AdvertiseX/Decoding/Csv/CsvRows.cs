namespace AdvertiseX.Decoding.Csv;

/// <summary>
/// Where rows of CSV end (RFC 4180 and what people really send). Framer and decoder both go by these rules:
/// <list type="bullet">
/// <item>A quote opens a quoted field only where nothing but spaces precede it in its field; elsewhere it is a
/// character.</item>
/// <item>In a quoted field two quotes are one, and one closes it. After that come spaces, then a delimiter or line
/// end.</item>
/// <item>A row is damaged when something else follows a closing quote, when a quote is not closed before the stream
/// ends, or when a quote opens, or what follows its closing quote stands, further than the record limit from the row's
/// start, or when a row of several lines is longer than that limit. The damaged row's first line is one reject, and the
/// next line starts a row.</item>
/// </list>
/// Up to 64 bytes past an end may be read.
/// </summary>
internal static unsafe class CsvRows
{
    /// <summary>No cut is possible before more bytes are there.</summary>
    public const int NeedsMore = 0;

    /// <summary>The line at the start is longer than the limit and its end is not there.</summary>
    public const int Oversized = -1;

    /// <summary>The closing quote of a field whose opening quote is before <paramref name="p"/>, or null if there is
    /// none before
    /// <paramref name="end"/>. A quote in the last byte closes.</summary>
    public static byte* ClosingQuote(byte* p, byte* end, out bool doubled)
    {
        doubled = false;
        while (p < end)
        {
            var at = new ReadOnlySpan<byte>(p, (int)(end - p)).IndexOf((byte)'"');
            if (at < 0)
                return null;
            p += at;
            if (p + 1 >= end || p[1] != '"')
                return p;
            doubled = true;
            p += 2;
        }

        return null;
    }

    /// <summary>What follows a closing quote and its spaces if that may end the field, else null.</summary>
    public static byte* AfterClosing(byte* p, byte* end, CsvDialect dialect)
    {
        while (p < end && *p == ' ')
            p++;
        if (p >= end || *p == dialect.Delimiter || *p == dialect.LineEnd)
            return p;
        return *p == '\r' && (p + 1 >= end || p[1] == '\n') ? p : null;
    }

    /// <summary>Whether only spaces stand between the start of the field and <paramref name="quote"/>.</summary>
    public static bool Opens(byte* fieldStart, byte* quote)
    {
        while (quote > fieldStart && quote[-1] == ' ')
            quote--;
        return quote == fieldStart;
    }

    /// <summary>Passes over empty lines; where lines end with a carriage return, over line feeds too.</summary>
    public static byte* SkipBlank(byte* row, byte* end, CsvDialect dialect)
    {
        while (row < end)
        {
            if (*row == dialect.LineEnd || *row == '\n')
                row++;
            else if (*row == '\r' && row + 1 < end && row[1] == '\n')
                row += 2;
            else
                break;
        }

        return row;
    }

    /// <summary>The end of a line's content whose line end (or the end of the stream) is at
    /// <paramref name="lineEnd"/>.</summary>
    public static byte* ContentEnd(byte* start, byte* lineEnd, CsvDialect dialect) =>
        lineEnd > start && lineEnd[-1] == '\r' && dialect.LineEnd == '\n' ? lineEnd - 1 : lineEnd;

    /// <summary>First line end at or after <paramref name="p"/>, or null.</summary>
    public static byte* LineEnd(byte* p, byte* end, CsvDialect dialect)
    {
        if (p >= end)
            return null;
        var at = new ReadOnlySpan<byte>(p, (int)(end - p)).IndexOf(dialect.LineEnd);
        return at < 0 ? null : p + at;
    }
}
