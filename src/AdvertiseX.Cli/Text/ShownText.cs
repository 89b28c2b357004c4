namespace AdvertiseX.Cli.Text;

/// <summary>Texts of others as a line for people: ids and names come from files that anybody may have
/// written.</summary>
internal static class ShownText
{
    /// <summary>The text without characters that could steer the terminal or turn the writing direction, cut to a
    /// length.</summary>
    public static string Of(string? text, int longest = int.MaxValue)
    {
        var shown = string.Concat((text ?? "").Where(letter => !char.IsControl(letter) && !IsDirection(letter)));
        return shown.Length > longest ? shown[..(longest - 1)] + "…" : shown;
    }

    private static bool IsDirection(char letter) =>
        letter
            is >= '\u202a'
                and <= '\u202e'
                or >= '\u2066'
                and <= '\u2069'
                or '\u200e'
                or '\u200f'
                or '\u061c'
                or '\u2028'
                or '\u2029';
}
