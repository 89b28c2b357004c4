using System.Globalization;
using System.Text;

namespace AdvertiseX.Reports;

/// <summary>Text as a terminal shows it.</summary>
internal static class TerminalText
{
    /// <summary>
    /// The text with control characters, line ends and the marks that turn writing direction shown as escapes: values
    /// come from logs that anybody can write to.
    /// </summary>
    internal static string Visible(string text)
    {
        var first = IndexOfHidden(text);
        if (first < 0)
            return text;
        var shown = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (var letter in text.AsSpan(first))
        {
            _ = letter switch
            {
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                _ when IsHidden(letter) => shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => shown.Append(letter),
            };
        }

        return shown.ToString();
    }

    /// <summary>Cells of a terminal: East Asian wide characters and emoji take two, combining marks none.</summary>
    internal static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += Width(rune);
        return width;
    }

    /// <summary>The text, cut to <paramref name="max"/> cells with … at the end where it is wider.</summary>
    internal static string Cut(string text, int? max)
    {
        if (max is not { } limit || Width(text) <= limit)
            return text;
        var (length, width) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (width + Width(rune) > limit - 1)
                break;
            width += Width(rune);
            length += rune.Utf16SequenceLength;
        }

        return string.Concat(text.AsSpan(0, length), "…");
    }

    private static int IndexOfHidden(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (IsHidden(text[i]))
                return i;
        }

        return -1;
    }

    /// <summary>Whether a character could steer the terminal or turn the writing direction.</summary>
    internal static bool IsHidden(char letter) =>
        char.IsControl(letter)
        || letter
            is >= '\u202a'
                and <= '\u202e'
                or >= '\u2066'
                and <= '\u2069'
                or '\u200e'
                or '\u200f'
                or '\u061c'
                or '\u2028'
                or '\u2029';

    private static int Width(Rune rune)
    {
        if (rune.Value < 0x300)
            return 1;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
            _ => IsWide(rune.Value) ? 2 : 1,
        };
    }

    // The blocks that Unicode's EastAsianWidth.txt gives as wide or full-width.
    private static bool IsWide(int value) =>
        value
            is >= 0x1100
                and <= 0x115f
                or >= 0x2e80
                and <= 0x303e
                or >= 0x3041
                and <= 0xa4cf
                or >= 0xac00
                and <= 0xd7a3
                or >= 0xf900
                and <= 0xfaff
                or >= 0xfe30
                and <= 0xfe6f
                or >= 0xff00
                and <= 0xff60
                or >= 0xffe0
                and <= 0xffe6
                or >= 0x1f300
                and <= 0x1faff
                or >= 0x20000
                and <= 0x3fffd;
}
