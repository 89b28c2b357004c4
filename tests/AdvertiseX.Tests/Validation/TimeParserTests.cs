using System.Globalization;
using System.Text;
using AdvertiseX.Validation;

namespace AdvertiseX.Tests.Validation;

public class TimeParserTests
{
    [Theory]
    [InlineData("2024-03-10T06:00:01.234567Z", "2024-03-10T06:00:01.234567")]
    [InlineData("2024-03-10T06:00:01Z", "2024-03-10T06:00:01.000000")]
    [InlineData("2024-03-10 06:00:01", "2024-03-10T06:00:01.000000")]
    [InlineData("2024-03-10 06:00:01.5", "2024-03-10T06:00:01.500000")]
    [InlineData("2024-03-10 06:00:01,25", "2024-03-10T06:00:01.250000")]
    [InlineData("2024-03-10T06:00:01.123456789Z", "2024-03-10T06:00:01.123456")]
    [InlineData("2024-03-10T06:00:01+02:00", "2024-03-10T04:00:01.000000")]
    [InlineData("2024-03-10T06:00:01-0530", "2024-03-10T11:30:01.000000")]
    [InlineData("2024-03-10T06:00:01+14", "2024-03-09T16:00:01.000000")]
    [InlineData("2024-03-10 06:00:01 UTC", "2024-03-10T06:00:01.000000")]
    [InlineData("2024/03/10 06:00:01", "2024-03-10T06:00:01.000000")]
    [InlineData("2024-03-10T06:00Z", "2024-03-10T06:00:00.000000")]
    [InlineData("2024-03-10", "2024-03-10T00:00:00.000000")]
    [InlineData("20240310", "2024-03-10T00:00:00.000000")]
    [InlineData("20240310T060001Z", "2024-03-10T06:00:01.000000")]
    [InlineData("20240310060001", "2024-03-10T06:00:01.000000")]
    [InlineData("1710050401", "2024-03-10T06:00:01.000000")]
    [InlineData("1710050401.5", "2024-03-10T06:00:01.500000")]
    [InlineData("1710050401234", "2024-03-10T06:00:01.234000")]
    [InlineData("1710050401234567", "2024-03-10T06:00:01.234567")]
    [InlineData("1710050401234567891", "2024-03-10T06:00:01.234567")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59.000000")]
    public void Reads_times_as_feeds_write_them(string text, string expected)
    {
        Assert.Equal(TimeVerdict.Ok, new TimeParser().Parse(Encoding.UTF8.GetBytes(text), out var micros));
        Assert.Equal(expected, Show(micros));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2024-13-01T00:00:00Z")]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("2024-03-10T24:00:00Z")]
    [InlineData("2024-03-10T06:60:00Z")]
    [InlineData("2024-03-10T06:00:01.Z")]
    [InlineData("2024-03-10T06:00:01+2")]
    [InlineData("2024-03-10T06:00:01+02:00 x")]
    [InlineData("2024-03-1 06:00:01")]
    [InlineData("10.03.2024 06:00:01")]
    [InlineData("not-a-time-at-all-00")]
    public void Refuses_the_rest(string text) =>
        Assert.Equal(TimeVerdict.NotATime, new TimeParser().Parse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void A_repeated_date_is_not_a_licence_for_nonsense_behind_it()
    {
        var parser = new TimeParser();
        Assert.Equal(TimeVerdict.Ok, parser.Parse("2024-03-10T06:00:01Z"u8, out var first));
        Assert.Equal(TimeVerdict.Ok, parser.Parse("2024-03-10T06:00:02Z"u8, out var second));
        Assert.Equal(1_000_000, second - first);
        Assert.Equal(TimeVerdict.NotATime, parser.Parse("2024-03-10X06:00:02Z"u8, out _));
        Assert.Equal(TimeVerdict.NotATime, parser.Parse("2024-03_10T06:00:02Z"u8, out _));
    }

    [Fact]
    public void Naive_times_are_of_the_contracts_zone_a_skipped_hour_is_none_and_a_doubled_one_the_earlier()
    {
        var berlin = new TimeParser("Europe/Berlin");
        Assert.Equal(TimeVerdict.Ok, berlin.Parse("2024-07-01 12:00:00"u8, out var summer));
        Assert.Equal("2024-07-01T10:00:00.000000", Show(summer));
        Assert.Equal(TimeVerdict.SkippedByZone, berlin.Parse("2024-03-31 02:30:00"u8, out _));
        Assert.Equal(TimeVerdict.Ok, berlin.Parse("2024-10-27 02:30:00"u8, out var doubled));
        Assert.Equal("2024-10-27T00:30:00.000000", Show(doubled));
        Assert.Equal(TimeVerdict.Ok, berlin.Parse("2024-10-27 02:30:00Z"u8, out var zoned));
        Assert.Equal("2024-10-27T02:30:00.000000", Show(zoned));
    }

    [Fact]
    public void Formats_of_the_contract_come_last()
    {
        var parser = new TimeParser("UTC", ["dd.MM.yyyy HH:mm"]);
        Assert.Equal(TimeVerdict.Ok, parser.Parse("10.03.2024 06:30"u8, out var micros));
        Assert.Equal("2024-03-10T06:30:00.000000", Show(micros));
    }

    private static string Show(long micros) =>
        DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
