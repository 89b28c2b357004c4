using System.Globalization;
using AdvertiseX.Cli;
using AdvertiseX.Cli.Dates;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.Tests.Cli.Dates;

/// <summary>What dates of a command line mean, and that nothing else is a date.</summary>
public sealed class GivenDateTests
{
    // A Friday.
    private static readonly DateOnly Today = new(2024, 3, 15);

    [Theory]
    [InlineData("2024-03-02", "2024-03-02", "2024-03-02")]
    [InlineData("20240302", "2024-03-02", "2024-03-02")]
    [InlineData("2024-02-29", "2024-02-29", "2024-02-29")]
    [InlineData("2024-02", "2024-02-01", "2024-02-29")]
    [InlineData("2024-12", "2024-12-01", "2024-12-31")]
    [InlineData("today", "2024-03-15", "2024-03-15")]
    [InlineData("yesterday", "2024-03-14", "2024-03-14")]
    [InlineData("-1d", "2024-03-14", "2024-03-14")]
    [InlineData("-7d", "2024-03-08", "2024-03-08")]
    [InlineData("-366d", "2023-03-15", "2023-03-15")]
    public void A_date_is_a_day_or_a_month(string text, string first, string last)
    {
        var date = GivenDate.Parse(text)!;

        Assert.Equal((Day(first), Day(last)), (date.First(Today), date.Last(Today)));
        Assert.Equal(text, date.ToString());
    }

    [Theory]
    [InlineData("2024-03", "2024-03-01", "2024-03-31")]
    [InlineData("last-week", "2024-03-04", "2024-03-10")]
    [InlineData("last-month", "2024-02-01", "2024-02-29")]
    [InlineData("-1d", "2024-03-14", "2024-03-14")]
    [InlineData("-90d", "2023-12-16", "2024-03-14")]
    public void A_range_is_a_month_or_whole_days_that_are_over(string text, string first, string last)
    {
        var range = GivenDate.ParseRange(text)!;

        Assert.Equal((Day(first), Day(last)), (range.First(Today), range.Last(Today)));
    }

    [Theory]
    [InlineData("2024-03-11", "2024-03-04", "2024-03-10")]
    [InlineData("2024-03-17", "2024-03-04", "2024-03-10")]
    [InlineData("2024-01-01", "2023-12-25", "2023-12-31")]
    public void Last_week_is_monday_to_sunday_before_the_week_of_today(string today, string first, string last)
    {
        var range = GivenDate.ParseRange("last-week")!;

        Assert.Equal((Day(first), Day(last)), (range.First(Day(today)), range.Last(Day(today))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 2024-03-02")]
    [InlineData("02.03.2024")]
    [InlineData("03/02/2024")]
    [InlineData("2024/03/02")]
    [InlineData("2024-3-2")]
    [InlineData("2024-02-30")]
    [InlineData("2023-02-29")]
    [InlineData("2024-13")]
    [InlineData("202403")]
    [InlineData("2024")]
    [InlineData("2024-03-02T00:00:00Z")]
    [InlineData("24-03-02")]
    [InlineData("2024-03-0٢")]
    [InlineData("Today")]
    [InlineData("tomorrow")]
    [InlineData("7d")]
    [InlineData("-0d")]
    [InlineData("-d")]
    [InlineData("-7")]
    [InlineData("-7w")]
    [InlineData("--7d")]
    [InlineData("-1000000d")]
    [InlineData("March 2024")]
    public void Nothing_else_is_a_date_or_a_range(string text)
    {
        Assert.Null(GivenDate.Parse(text));
        Assert.Null(GivenDate.ParseRange(text));
    }

    [Theory]
    [InlineData("last-week")]
    [InlineData("last-month")]
    public void A_range_is_no_date(string text) => Assert.Null(GivenDate.Parse(text));

    [Theory]
    [InlineData("2024-03-02")]
    [InlineData("20240302")]
    [InlineData("today")]
    [InlineData("yesterday")]
    public void A_day_is_no_range(string text) => Assert.Null(GivenDate.ParseRange(text));

    [Theory]
    [InlineData("2024-03-02", "2024-03-02T00:00:00Z")]
    [InlineData("2024-03", "2024-03-01T00:00:00Z")]
    [InlineData("-7d", "2024-03-08T00:00:00Z")]
    [InlineData("2024-03-02T12:30", "2024-03-02T12:30:00Z")]
    [InlineData("2024-03-02 12:30:15", "2024-03-02T12:30:15Z")]
    [InlineData("2024-03-02T12:30:15.25Z", "2024-03-02T12:30:15.25Z")]
    [InlineData("2024-03-02T12:30:15+02:00", "2024-03-02T10:30:15Z")]
    public void A_time_is_a_date_or_a_time_of_a_day(string text, string instant)
    {
        var clock = new FixedClock(new DateTimeOffset(Today, new TimeOnly(23, 59), TimeSpan.Zero));

        Assert.Equal(
            DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture),
            GivenTime.Parse("--since", text, clock)
        );
    }

    [Theory]
    [InlineData("02.03.2024")]
    [InlineData("2024-03-02T25:00")]
    [InlineData("12:30")]
    [InlineData("2024-03-02T12:30 CET")]
    public void Nothing_else_is_a_time(string text)
    {
        var wrong = Assert.Throws<UsageException>(() => GivenTime.Parse("--since", text, TimeProvider.System));

        Assert.Contains($"--since is '{text}'", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Today_is_by_the_clock_of_a_zone()
    {
        var clock = new FixedClock(new DateTimeOffset(2024, 3, 15, 23, 30, 0, TimeSpan.Zero));

        Assert.Equal(Today, DateOptions.Today(clock));
        Assert.Equal(Today.AddDays(1), DateOptions.Today(clock, "Europe/Berlin"));
        Assert.Equal(Today, DateOptions.Today(clock, "America/New_York"));
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
