namespace AdvertiseX.Enrichment;

/// <summary>The host of a page address, lower case, without port, user and a leading <c>www.</c>.
/// Thread-safe.</summary>
internal static class PageDomain
{
    private const int MaxHostBytes = 253;

    /// <summary>The domain of an absolute or scheme-less address, or empty where there is no host.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> url)
    {
        var scheme = url.IndexOf("://"u8);
        if (scheme >= 0)
            url = url[(scheme + 3)..];
        else if (url.StartsWith("//"u8))
            url = url[2..];
        var end = url.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        if (end >= 0)
            url = url[..end];
        var user = url.LastIndexOf((byte)'@');
        return Standard(url[(user + 1)..]);
    }

    /// <summary>The standard spelling of a host name; empty if it cannot be one.</summary>
    public static ReadOnlySpan<byte> Standard(ReadOnlySpan<byte> host)
    {
        var port = host.LastIndexOf((byte)':');
        if (
            port >= 0
            && host[(port + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && host.IndexOf((byte)':') == port
        )
            host = host[..port];
        host = host.TrimEnd((byte)'.');
        if (host.Length is 0 or > MaxHostBytes || host.IndexOf((byte)' ') >= 0)
            return default;
        host = AsciiCase.Lower(host);
        return host.StartsWith("www."u8) && host.Length > 4 ? host[4..] : host;
    }
}
