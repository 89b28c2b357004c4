using System.Globalization;
using AdvertiseX.Cli.Text;

namespace AdvertiseX.Cli.Dates;

/// <summary>An instant as it is typed: a date, from its first day's start in UTC, or a time of a day.</summary>
internal static class GivenTime
{
    private static readonly string[] Formats =
    [
        .. from separator in (string[])["'T'", "' '"]
        from clock in (string[])["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"]
        from zone in (string[])["", "'Z'", "zzz"]
        select $"yyyy-MM-dd{separator}{clock}{zone}",
    ];

    /// <summary>The instant; UTC where the text names no offset.</summary>
    /// <param name="option">The option, for the message.</param>
    /// <param name="text">What was typed.</param>
    /// <param name="clock">Says what today is, in UTC.</param>
    /// <exception cref="UsageException">The text is neither a date nor a time.</exception>
    public static DateTimeOffset Parse(string option, string text, TimeProvider clock)
    {
        if (GivenDate.Parse(text) is { } date)
            return new DateTimeOffset(date.First(DateOptions.Today(clock)), TimeOnly.MinValue, TimeSpan.Zero);
        return DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : throw new UsageException(
                $"{option} is '{ShownText.Of(text)}'; allowed are {GivenDate.Expected}, and a time (2024-04-01T12:30:00Z)"
            );
    }
}
