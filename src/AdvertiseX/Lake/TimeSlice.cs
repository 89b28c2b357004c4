using System.Globalization;

namespace AdvertiseX.Lake;

/// <summary>An aligned stretch of a date: 10 minutes, an hour, six hours or all of it.</summary>
/// <param name="Minutes">Its length, one of <see cref="Lengths"/>.</param>
/// <param name="First">Its first minute of the date.</param>
internal readonly record struct TimeSlice(int Minutes, int First)
{
    public const int MinutesOfDay = 24 * 60;

    /// <summary>The lengths in minutes, longest first; each divides the one before it.</summary>
    public static IReadOnlyList<int> Lengths => s_lengths;

    private static readonly int[] s_lengths = [MinutesOfDay, 6 * 60, 60, 10];
    private static readonly string[] s_names = ["1d", "6h", "1h", "10m"];

    /// <summary>The slice of that length that holds a minute of the date.</summary>
    public static TimeSlice At(int minutes, int minute) => new(minutes, minute / minutes * minutes);

    /// <summary>The shortest slice that holds two minutes of the date.</summary>
    public static TimeSlice Over(int first, int last) =>
        At(Lengths.Last(minutes => first / minutes == last / minutes), first);

    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static TimeSlice? Parse(string? text)
    {
        if (text is null || text.Split('/') is not [var start, var length])
            return null;
        var at = Array.IndexOf(s_names, length);
        if (
            at < 0
            || !TimeOnly.TryParseExact(start, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        )
            return null;
        var first = (time.Hour * 60) + time.Minute;
        return first % Lengths[at] == 0 ? new(Lengths[at], first) : null;
    }

    /// <summary>Start and length: <c>12:00/6h</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{First / 60:00}:{First % 60:00}/{s_names[Array.IndexOf(s_lengths, Minutes)]}"
        );
}
