using System.Globalization;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>Impressions and what came of them by the circumstances in which they were seen (docs/terms.md,
/// Features).</summary>
internal sealed class NaiveContexts
{
    public static readonly string[] Columns =
    [
        "device_type",
        "country",
        "region",
        "part_of_day",
        "weekday",
        "season",
        "content_category",
        "impressions",
        "net_impressions",
        "clicks",
        "net_clicks",
        "click_conversions",
        "net_click_conversions",
        "view_conversions",
        "net_view_conversions",
    ];

    // The countries of the generator whose capital lies south of the equator, and a few more.
    private static readonly HashSet<string> Southern = ["AR", "AU", "BR", "CL", "ID", "KE", "NZ", "PE", "ZA"];

    private static readonly IReadOnlyDictionary<string, int> Names = NaiveFigures.Named(Columns[7..]);

    private readonly NaiveBook _book;
    private readonly Dictionary<string, NaiveFigures> _rows = [];

    public NaiveContexts(NaiveFacts facts, NaiveBook book)
    {
        _book = book;
        foreach (var each in facts.Impressions)
            Count("impressions", each, each, each.Reason is null);
        foreach (var each in facts.Clicks.Where(each => each.Impression is not null))
            Count("clicks", each, each.Impression!, each.Reason is null);
        foreach (var conversion in facts.Conversions)
        {
            if (conversion.Touches is not [.., { } last])
                continue;
            var net = conversion.IsNet && last.Reason is null;
            if (last is NaiveImpression)
                Count("view_conversions", last, last, net);
            else if (last is NaiveClick { Impression: { } seen })
                Count("click_conversions", last, seen, net);
        }
    }

    public IEnumerable<string> Rows() =>
        _rows.Select(row => string.Join(" | ", Columns[7..].Select(row.Value.Text).Prepend(row.Key)));

    /// <param name="figure">What is counted.</param>
    /// <param name="each">Whose device and place it is.</param>
    /// <param name="seen">The impression whose time it is.</param>
    /// <param name="net">Whether it also counts in net.</param>
    private void Count(string figure, NaiveEvent each, NaiveEvent seen, bool net)
    {
        var time = _book.LocalTime(seen.Campaign, seen.Micros);
        string[] cells =
        [
            NaivePlace.Known(each.Device),
            NaivePlace.Known(each.Country),
            NaivePlace.Known(each.Region),
            PartOf(time.Hour),
            ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            Season(each.Country, time.Month),
            NaivePlace.Known(each.Category ?? _book.CategoryOfSite(each.SiteId)),
        ];
        var context = string.Join(" | ", cells);
        if (!_rows.TryGetValue(context, out var row))
            _rows[context] = row = new NaiveFigures(Names);
        row[figure]++;
        if (net)
            row["net_" + figure]++;
    }

    private static string PartOf(int hour) =>
        hour < 6 ? "night"
        : hour < 12 ? "morning"
        : hour < 18 ? "afternoon"
        : "evening";

    private static string Season(string? country, int month)
    {
        if (country is null)
            return "(unknown)";
        string[] seasons = ["winter", "spring", "summer", "autumn"];
        return seasons[(month % 12 / 3 + (Southern.Contains(country) ? 2 : 0)) % 4];
    }
}
