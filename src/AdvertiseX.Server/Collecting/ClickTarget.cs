namespace AdvertiseX.Server.Collecting;

/// <summary>
/// Where a click leads. Addresses are read more strictly than browsers read them, so that nothing that a browser would
/// take for another host passes: visible ASCII without backslash, no user before the host, no escapes in the host.
/// </summary>
internal static class ClickTarget
{
    private const int LongestHost = 253;

    /// <summary>The host and port to which an address leads.</summary>
    /// <param name="address">The address, a character a byte.</param>
    /// <returns>Lower case, the port left out where it is the usual one; null if the address is none that is
    /// taken.</returns>
    public static string? AuthorityOf(string address)
    {
        var scheme =
            address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https"
            : address.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http"
            : null;
        if (scheme is null || address.Any(each => each is <= ' ' or >= '\u007f' or '\\'))
            return null;
        var rest = address[(scheme.Length + 3)..];
        var end = rest.IndexOfAny(['/', '?', '#']);
        var authority = (end < 0 ? rest : rest[..end]).ToLowerInvariant();
        var usual = scheme == "https" ? ":443" : ":80";
        if (authority.EndsWith(usual, StringComparison.Ordinal))
            authority = authority[..^usual.Length];
        return IsAuthority(authority) ? authority : null;
    }

    /// <summary>Whether a text is a name or an IPv4 address in lower case, with a port or without: letters, digits,
    /// hyphens, and single dots between them. International names are in their ASCII form.</summary>
    public static bool IsAuthority(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var host = colon < 0 ? text : text[..colon];
        var isPort =
            colon < 0
            || (
                text.Length - colon is > 1 and <= 6
                && text[colon + 1] != '0'
                && text[(colon + 1)..].All(char.IsAsciiDigit)
                && int.Parse(text.AsSpan(colon + 1)) <= ushort.MaxValue
            );
        return isPort
            && host.Length is > 0 and <= LongestHost
            && host.Split('.')
                .All(label =>
                    label.Length is > 0 and <= 63
                    && label[0] != '-'
                    && label[^1] != '-'
                    && label.All(each => char.IsAsciiLetterLower(each) || char.IsAsciiDigit(each) || each == '-')
                );
    }
}
