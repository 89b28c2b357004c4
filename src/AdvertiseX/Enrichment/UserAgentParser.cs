namespace AdvertiseX.Enrichment;

/// <summary>
/// What a user agent tells: device, system, browser, and whether it says itself that it is no person's browser. A few
/// substrings in order, in any case: agents lie too much for more to pay. Thread-safe.
/// </summary>
internal static class UserAgentParser
{
    private static readonly string[] Bots =
    [
        "bot",
        "crawl",
        "spider",
        "slurp",
        "facebookexternalhit",
        "headless",
        "phantomjs",
        "lighthouse",
        "monitor",
        "scan",
    ];

    private static readonly string[] NonBrowsers =
    [
        "curl/",
        "wget/",
        "python-",
        "aiohttp",
        "go-http-client",
        "java/",
        "libwww",
        "scrapy",
        "httpclient",
        "node-fetch",
        "axios",
        "ruby",
        "perl",
        "php/",
    ];

    /// <summary>One of mobile, tablet, desktop, ctv, other.</summary>
    public static ReadOnlySpan<byte> Device(ReadOnlySpan<byte> agent)
    {
        var a = AsciiCase.Lower(agent);
        if (Has(a, "ipad") || Has(a, "tablet") || Has(a, "kindle") || (Has(a, "android") && !Has(a, "mobile")))
            return "tablet"u8;
        if (
            Has(a, "smart-tv")
            || Has(a, "smarttv")
            || Has(a, "appletv")
            || Has(a, "roku")
            || Has(a, "crkey")
            || Has(a, "bravia")
            || Has(a, "hbbtv")
            || Has(a, "tizen")
        )
            return "ctv"u8;
        if (Has(a, "mobile") || Has(a, "iphone") || Has(a, "ipod") || Has(a, "android"))
            return "mobile"u8;
        if (Has(a, "windows") || Has(a, "macintosh") || Has(a, "x11") || Has(a, "cros"))
            return "desktop"u8;
        return "other"u8;
    }

    /// <summary>The standard word for a device type as feeds spell it, OpenRTB's numbers (2.5, 5.21)
    /// included.</summary>
    public static ReadOnlySpan<byte> StandardDevice(ReadOnlySpan<byte> type)
    {
        var t = AsciiCase.Lower(type);
        if (t.Length == 1)
        {
            return t[0] switch
            {
                (byte)'1' or (byte)'4' => "mobile"u8,
                (byte)'2' => "desktop"u8,
                (byte)'3' or (byte)'7' => "ctv"u8,
                (byte)'5' => "tablet"u8,
                (byte)'6' => "other"u8,
                _ => t,
            };
        }

        if (Has(t, "tablet") || t.SequenceEqual("ipad"u8))
            return "tablet"u8;
        if (Has(t, "phone") || Has(t, "mobile"))
            return "mobile"u8;
        if (t.SequenceEqual("pc"u8) || Has(t, "desktop") || Has(t, "computer") || t.SequenceEqual("laptop"u8))
            return "desktop"u8;
        if (
            t.SequenceEqual("tv"u8)
            || t.SequenceEqual("ctv"u8)
            || Has(t, "connected")
            || Has(t, "smart_tv")
            || Has(t, "settop")
        )
            return "ctv"u8;
        return t;
    }

    public static ReadOnlySpan<byte> System(ReadOnlySpan<byte> agent)
    {
        var a = AsciiCase.Lower(agent);
        if (Has(a, "iphone") || Has(a, "ipad") || Has(a, "ipod") || Has(a, "cpu os "))
            return "ios"u8;
        if (Has(a, "android"))
            return "android"u8;
        if (Has(a, "windows"))
            return "windows"u8;
        if (Has(a, "cros"))
            return "chromeos"u8;
        if (Has(a, "mac os") || Has(a, "macintosh"))
            return "macos"u8;
        if (Has(a, "linux") || Has(a, "x11"))
            return "linux"u8;
        return default;
    }

    public static ReadOnlySpan<byte> Browser(ReadOnlySpan<byte> agent)
    {
        var a = AsciiCase.Lower(agent);
        if (Has(a, "edg/") || Has(a, "edge/"))
            return "edge"u8;
        if (Has(a, "opr/") || Has(a, "opera"))
            return "opera"u8;
        if (Has(a, "samsungbrowser"))
            return "samsung"u8;
        if (Has(a, "firefox") || Has(a, "fxios"))
            return "firefox"u8;
        if (Has(a, "chrome") || Has(a, "crios"))
            return "chrome"u8;
        if (Has(a, "safari"))
            return "safari"u8;
        return default;
    }

    /// <summary><c>declared_bot</c>, <c>non_browser_agent</c>, or empty.</summary>
    public static ReadOnlySpan<byte> InvalidReason(ReadOnlySpan<byte> agent)
    {
        var a = AsciiCase.Lower(agent);
        foreach (var word in Bots)
            if (Has(a, word))
                return "declared_bot"u8;
        foreach (var word in NonBrowsers)
            if (Has(a, word))
                return "non_browser_agent"u8;
        return default;
    }

    private static bool Has(ReadOnlySpan<byte> agent, string word)
    {
        Span<byte> utf8 = stackalloc byte[32];
        var length = global::System.Text.Encoding.ASCII.GetBytes(word, utf8);
        return agent.IndexOf(utf8[..length]) >= 0;
    }
}
