using System.Globalization;

namespace AdvertiseX.Cli.Dates;

/// <summary>A date or range of dates as it was typed. Every date of a command line is read here. Immutable.</summary>
internal sealed record GivenDate
{
    /// <summary>What <see cref="Parse"/> reads.</summary>
    public const string Expected =
        "a day (2024-03-02 or 20240302), a month (2024-03), today, yesterday, or days back from today (-7d)";

    /// <summary>What <see cref="ParseRange"/> reads.</summary>
    public const string ExpectedRange = "last-week, last-month, -90d (the 90 days before today) or a month (2024-03)";

    private readonly string _text;
    private readonly Func<DateOnly, (DateOnly First, DateOnly Last)> _days;

    private GivenDate(string text, Func<DateOnly, (DateOnly First, DateOnly Last)> days) =>
        (_text, _days) = (text, days);

    /// <summary>Whether it is a month, where <see cref="Parse"/> read it.</summary>
    public bool IsMonth { get; private init; }

    /// <summary>Its first day.</summary>
    /// <param name="today">What <c>today</c> is.</param>
    public DateOnly First(DateOnly today) => _days(today).First;

    /// <summary>Its last day.</summary>
    /// <param name="today">What <c>today</c> is.</param>
    public DateOnly Last(DateOnly today) => _days(today).Last;

    /// <summary>A day or a month; null for any text that <see cref="Expected"/> does not name.</summary>
    public static GivenDate? Parse(string text)
    {
        if (text == "today")
            return Back(text, 0);
        if (text == "yesterday")
            return Back(text, 1);
        if (DaysBack(text) is { } days)
            return Back(text, days);
        if ((Exact(text, "yyyy-MM-dd") ?? Exact(text, "yyyyMMdd")) is { } day)
            return new(text, _ => (day, day));
        return Month(text);
    }

    /// <summary>Whole days that are over, or a month; null for any text that <see cref="ExpectedRange"/> does not
    /// name.</summary>
    public static GivenDate? ParseRange(string text)
    {
        if (text == "last-week")
            return new(text, today => WeekBefore(today));
        if (text == "last-month")
            return new(text, today => MonthOf(FirstOfMonth(today).AddDays(-1)));
        if (DaysBack(text) is { } days)
            return new(text, today => (today.AddDays(-days), today.AddDays(-1)));
        return Month(text);
    }

    /// <summary>The text as it was typed.</summary>
    public override string ToString() => _text;

    private static GivenDate Back(string text, int days) =>
        new(text, today => (today.AddDays(-days), today.AddDays(-days)));

    private static GivenDate? Month(string text) =>
        Exact(text, "yyyy-MM") is { } first ? new(text, _ => MonthOf(first)) { IsMonth = true } : null;

    // "-7d": 1 to 99,999 days.
    private static int? DaysBack(string text) =>
        text is ['-', >= '1' and <= '9', .., 'd'] && text.Length <= 7 && text[1..^1].All(char.IsAsciiDigit)
            ? int.Parse(text[1..^1], CultureInfo.InvariantCulture)
            : null;

    private static DateOnly? Exact(string text, string format) =>
        DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    private static DateOnly FirstOfMonth(DateOnly day) => new(day.Year, day.Month, 1);

    private static (DateOnly First, DateOnly Last) MonthOf(DateOnly day) =>
        (FirstOfMonth(day), new DateOnly(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month)));

    private static (DateOnly First, DateOnly Last) WeekBefore(DateOnly today)
    {
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        return (monday.AddDays(-7), monday.AddDays(-1));
    }
}
