using System.Globalization;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>What each user saw and did on each local day, in which segment that puts him, and his features
/// (docs/terms.md).</summary>
internal sealed class NaiveUsers
{
    private readonly Dictionary<long, SortedDictionary<DateOnly, Day>> _users = [];
    private readonly Dictionary<long, List<(DateOnly From, DateOnly To, string Segment)>> _segments = [];

    public NaiveUsers(NaiveFacts facts, NaiveBook book)
    {
        foreach (var each in facts.Impressions.Where(each => each.UserKey is not null))
        {
            var day = At(each, book);
            day.Impressions++;
            if (each.Reason is null)
                day.NetImpressions++;
            if (each.TimeInViewMs is { } time)
                day.TimeInViewMs = (day.TimeInViewMs ?? 0) + time;
        }

        foreach (var each in facts.Clicks.Where(each => each.UserKey is not null))
        {
            var day = At(each, book);
            day.Clicks++;
            if (each.Reason is null)
                day.NetClicks++;
        }

        foreach (var each in facts.Conversions.Where(each => each.UserKey is not null))
        {
            var day = At(each, book);
            day.Conversions++;
            if (each.Reason is null)
                day.NetConversions++;
        }

        foreach (var (user, days) in _users)
            _segments[user] = [.. Intervals(days)];
    }

    public string SegmentOf(long user, DateOnly date)
    {
        foreach (var (from, to, segment) in _segments[user])
        {
            if (from <= date && date <= to)
                return segment;
        }

        return "new";
    }

    /// <summary>user_key, valid_from, valid_to, segment.</summary>
    public IEnumerable<string> Segments() =>
        _segments.SelectMany(user =>
            user.Value.Select(each => $"{user.Key} | {each.From:yyyy-MM-dd} | {each.To:yyyy-MM-dd} | {each.Segment}")
        );

    /// <summary>A row for each user in the order of <see cref="FeatureColumns"/>.</summary>
    public IEnumerable<string> Features(NaiveBook book) =>
        _users.Select(user =>
            string.Join(
                " | ",
                (
                    (object?[])
                        [
                            user.Key,
                            book.AudienceOf(user.Key).Age,
                            book.AudienceOf(user.Key).Gender,
                            user.Value.Values.Sum(day => day.Impressions),
                            user.Value.Values.Sum(day => day.NetImpressions),
                            user.Value.Values.Sum(day => day.Clicks),
                            user.Value.Values.Sum(day => day.NetClicks),
                            user.Value.Values.Sum(day => day.Conversions),
                            user.Value.Values.Sum(day => day.NetConversions),
                            user.Value.Values.Any(day => day.TimeInViewMs is not null)
                                ? user.Value.Values.Sum(day => day.TimeInViewMs ?? 0)
                                : null,
                            user.Value.Count,
                            user.Value.Keys.First(),
                            user.Value.Keys.Last(),
                        ]
                ).Select(value =>
                    value is DateOnly date
                        ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                        : Convert.ToString(value, CultureInfo.InvariantCulture)
                )
            )
        );

    public static readonly string[] FeatureColumns =
    [
        "user_key",
        "age_band",
        "gender",
        "impressions",
        "net_impressions",
        "clicks",
        "net_clicks",
        "conversions",
        "net_conversions",
        "time_in_view_ms",
        "active_days",
        "first_active_date",
        "last_active_date",
    ];

    /// <summary>Walks over all dates that anything can have a say in, and looks back 30 dates from each.</summary>
    private static IEnumerable<(DateOnly From, DateOnly To, string Segment)> Intervals(
        SortedDictionary<DateOnly, Day> days
    )
    {
        var (from, segment) = (days.Keys.First(), "new");
        for (var date = from; date <= days.Keys.Last().AddDays(31); date = date.AddDays(1))
        {
            var now = LookBack(days, date);
            if (now == segment)
                continue;
            if (segment != "new")
                yield return (from, date.AddDays(-1), segment);
            (from, segment) = (date, now);
        }
    }

    private static string LookBack(SortedDictionary<DateOnly, Day> days, DateOnly date)
    {
        long impressions = 0,
            clicks = 0,
            conversions = 0;
        foreach (var (past, day) in days)
        {
            if (past < date.AddDays(-30) || past >= date)
                continue;
            impressions += day.NetImpressions;
            clicks += day.NetClicks;
            conversions += day.NetConversions;
        }

        return conversions > 0 ? "converter"
            : clicks > 0 ? "clicker"
            : impressions >= 10 ? "engaged"
            : impressions > 0 ? "exposed"
            : "new";
    }

    private Day At(NaiveEvent each, NaiveBook book)
    {
        if (!_users.TryGetValue(each.UserKey!.Value, out var days))
            _users[each.UserKey.Value] = days = [];
        var date = book.LocalDate(each.Campaign, each.Micros);
        if (!days.TryGetValue(date, out var day))
            days[date] = day = new Day();
        return day;
    }

    private sealed class Day
    {
        public long Impressions { get; set; }

        public long NetImpressions { get; set; }

        public long? TimeInViewMs { get; set; }

        public long Clicks { get; set; }

        public long NetClicks { get; set; }

        public long Conversions { get; set; }

        public long NetConversions { get; set; }
    }
}
