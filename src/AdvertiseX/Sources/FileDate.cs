using System.Text.RegularExpressions;

namespace AdvertiseX.Sources;

/// <summary>
/// The date that a file's name tells, else one of its last four folders, the nearest first:
/// <c>clicks-2024-03-01.csv</c>, also with <c>_</c>, <c>.</c> or nothing between (<c>20240301</c>, a time of day may
/// follow), <c>dt=2024-03-01/</c>, or folders for year, month and day (<c>2024/03/01/</c>,
/// <c>year=2024/month=3/day=1/</c>). A name with two different dates tells none. Years 2000 to 2199.
/// </summary>
internal static partial class FileDate
{
    private const int FoldersRead = 4;

    /// <summary>The date in a path, or null.</summary>
    public static DateOnly? Of(string path)
    {
        var names = path.Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar],
            StringSplitOptions.RemoveEmptyEntries
        );
        for (var at = names.Length - 1; at >= 0 && at >= names.Length - 1 - FoldersRead; at--)
        {
            if (In(names[at]) is { } date)
                return date;
            if (at >= 2 && at < names.Length - 1 && Of(names[at - 2], names[at - 1], names[at]) is { } folders)
                return folders;
        }

        return null;
    }

    private static DateOnly? In(string name)
    {
        DateOnly? found = null;
        foreach (Match match in Dates().Matches(name))
        {
            if (Of(match) is not { } date)
                continue;
            if (found is { } other && other != date)
                return null;
            found = date;
        }

        return found;
    }

    private static DateOnly? Of(string year, string month, string day)
    {
        var match = Folders().Match($"{year}/{month}/{day}");
        return match.Success ? Of(match) : null;
    }

    private static DateOnly? Of(Match match)
    {
        int Part(string name) =>
            int.Parse(match.Groups[name].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        int year = Part("year"),
            month = Part("month"),
            day = Part("day");
        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;
    }

    // Digits on either side make it another number; compact ones may go on with hours, minutes and seconds.
    [GeneratedRegex(
        @"(?<![0-9])(?<year>2[01][0-9]{2})(?:(?<between>[-_.])(?<month>[0-9]{2})\k<between>(?<day>[0-9]{2})"
            + @"|(?<month>[0-9]{2})(?<day>[0-9]{2})(?:[01][0-9]|2[0-3])?(?:(?<=[0-9]{10})[0-5][0-9]){0,2})(?![0-9])",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Dates();

    [GeneratedRegex(
        "^(?:[a-z]+=)?(?<year>2[01][0-9]{2})/(?:[a-z]+=)?(?<month>[0-9]{1,2})/(?:[a-z]+=)?(?<day>[0-9]{1,2})$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Folders();
}
