using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Text;

/// <summary>Texts of others as a line for people: ids and names come from files that anybody may have
/// written.</summary>
internal static class ShownText
{
    /// <summary>The text without characters that could steer the terminal or turn the writing direction, cut to a
    /// length.</summary>
    public static string Of(string? text, int longest = int.MaxValue)
    {
        var shown = string.Concat((text ?? "").Where(letter => !TerminalText.IsHidden(letter)));
        return shown.Length > longest ? shown[..(longest - 1)] + "…" : shown;
    }
}
