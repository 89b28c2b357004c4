using System.CommandLine;

namespace AdvertiseX.Cli.Dates;

/// <summary>--from, --to and --range: which days a command covers.</summary>
/// <param name="what">What the days are of, and in which zone they are counted.</param>
internal sealed class DateRangeOptions(string what)
{
    private readonly Option<GivenDate?> _from = DateOptions.Bound(
        "--from",
        $"First day {what}, inclusive: 2024-03-02, 20240302, a month (2024-03, from its first day), today, yesterday or "
            + "-7d (days back); today is by the clock in UTC"
    );

    private readonly Option<GivenDate?> _to = DateOptions.Bound(
        "--to",
        "Last day, inclusive, written as for --from; a month is until its last day"
    );

    private readonly Option<GivenDate?> _range = DateOptions.Range(
        "--range",
        "Instead of --from and --to: a month (2024-03), or whole days before today: last-week (Monday to Sunday), "
            + "last-month or -90d"
    );

    /// <summary>The options in the order of help.</summary>
    public Symbol[] All => [_from, _to, _range];

    /// <summary>The days that were asked for; null for an end that was not.</summary>
    /// <exception cref="UsageException">The options contradict each other.</exception>
    public (DateOnly? From, DateOnly? To) Read(ParseResult parsed, TimeProvider clock)
    {
        var today = DateOptions.Today(clock);
        var (from, to, range) = (parsed.GetValue(_from), parsed.GetValue(_to), parsed.GetValue(_range));
        if (range is not null && (from ?? to) is not null)
            throw new UsageException("--range and --from or --to exclude each other");
        var (first, last) = range is null
            ? (from?.First(today), to?.Last(today))
            : (range.First(today), range.Last(today));
        return first > last
            ? throw new UsageException($"--from {first:yyyy-MM-dd} is after --to {last:yyyy-MM-dd}")
            : (first, last);
    }
}
