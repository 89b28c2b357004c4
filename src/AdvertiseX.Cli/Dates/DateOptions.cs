using System.CommandLine;
using System.CommandLine.Parsing;
using AdvertiseX.Cli.Text;
using NodaTime;

namespace AdvertiseX.Cli.Dates;

/// <summary>Options that take a <see cref="GivenDate"/>.</summary>
internal static class DateOptions
{
    /// <summary>An option that is one day.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What the day is.</param>
    /// <param name="today">The zone in which <c>today</c> is read, for help.</param>
    /// <param name="preset">The default as it would be typed; null for none.</param>
    public static Option<GivenDate?> Day(string name, string description, string today, string? preset = null)
    {
        var option = Of(
            name,
            $"{description}: 2024-03-02, 20240302, today, yesterday or -7d (days back); today is by the clock in {today}",
            GivenDate.Parse,
            "a day (2024-03-02 or 20240302), today, yesterday, or days back from today (-7d)",
            given => given.IsMonth ? $"{name} is the month {given}; give one day, such as {given}-01" : null
        );
        if (preset is not null)
            option.DefaultValueFactory = _ => GivenDate.Parse(preset);
        return option;
    }

    /// <summary>An option that bounds a range: a month stands for its first or its last day.</summary>
    public static Option<GivenDate?> Bound(string name, string description) =>
        Of(name, description, GivenDate.Parse, GivenDate.Expected);

    /// <summary>An option that is a whole range.</summary>
    public static Option<GivenDate?> Range(string name, string description) =>
        Of(name, description, GivenDate.ParseRange, GivenDate.ExpectedRange, value: "RANGE");

    /// <summary>Today in UTC.</summary>
    public static DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>Today in a zone; in UTC where the zone is not known.</summary>
    public static DateOnly Today(TimeProvider clock, string timeZone)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        return Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(zone).Date.ToDateOnly();
    }

    private static Option<GivenDate?> Of(
        string name,
        string description,
        Func<string, GivenDate?> parse,
        string expected,
        Func<GivenDate, string?>? complaint = null,
        string value = "DATE"
    ) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            CustomParser = result => Parsed(result, name, parse, expected, complaint),
        };

    private static GivenDate? Parsed(
        ArgumentResult result,
        string name,
        Func<string, GivenDate?> parse,
        string expected,
        Func<GivenDate, string?>? complaint
    )
    {
        var text = result.Tokens[0].Value;
        var given = parse(text);
        if (given is null)
            result.AddError($"{name} is '{ShownText.Of(text)}'; allowed are {expected}.");
        else if (complaint?.Invoke(given) is { } wrong)
            result.AddError(wrong);
        return given;
    }
}
