using System.Text;

namespace AdvertiseX.Enrichment;

/// <summary>UTF-8 with its ASCII letters in one case; other text stays as it is, uncopied where nothing changes.
/// Thread-safe.</summary>
internal static class AsciiCase
{
    public static ReadOnlySpan<byte> Upper(ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAnyInRange((byte)'a', (byte)'z') < 0)
            return value;
        var upper = new byte[value.Length];
        Ascii.ToUpper(value, upper, out var written);
        return written == value.Length ? upper : value;
    }

    public static ReadOnlySpan<byte> Lower(ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0)
            return value;
        var lower = new byte[value.Length];
        Ascii.ToLower(value, lower, out var written);
        return written == value.Length ? lower : value;
    }
}
