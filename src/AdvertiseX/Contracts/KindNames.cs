namespace AdvertiseX.Contracts;

/// <summary>How spellings of kinds and conversion types are compared. Thread-safe.</summary>
internal static class KindNames
{
    /// <summary>The spelling without case, spaces, dashes, underscores and one final s, so that <c>Ad Clicks</c> is
    /// <c>ad_click</c>.</summary>
    public static string Plain(string value)
    {
        var plain = string.Concat(value.Trim().Where(c => c is not (' ' or '-' or '_'))).ToLowerInvariant();
        return plain.EndsWith('s') ? plain[..^1] : plain;
    }
}
