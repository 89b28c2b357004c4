using System.Globalization;

namespace AdvertiseX.Cli.Streaming;

/// <summary>A time between two turns, as the command line gives it.</summary>
internal static class GivenInterval
{
    /// <summary>Reads 60s, 5m or 1h; null for null.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    public static TimeSpan? Of(string option, string? text)
    {
        if (text is null)
            return null;
        var unit = text.Length > 0 ? text[^1] : ' ';
        if (
            unit is 's' or 'm' or 'h'
            && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= 86_400
        )
            return count
                * (
                    unit == 's' ? TimeSpan.FromSeconds(1)
                    : unit == 'm' ? TimeSpan.FromMinutes(1)
                    : TimeSpan.FromHours(1)
                );
        throw new UsageException($"{option} is \"{text}\"; allowed: a whole number with s, m or h, such as 60s");
    }
}
