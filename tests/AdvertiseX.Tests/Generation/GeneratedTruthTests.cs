using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AdvertiseX.Tests.Generation;

public class GeneratedTruthTests(GeneratedSet set) : IClassFixture<GeneratedSet>
{
    private const long Second = 1_000_000;

    [Fact]
    public void Every_listed_line_is_what_the_truth_says()
    {
        var earlier = new Dictionary<string, string>();
        var texts = new HashSet<string>();
        foreach (var line in set.Lines)
        {
            if (set.Notes.TryGetValue((line.File, line.Offset, 0), out var note))
                CheckListed(line, note, earlier, texts);
            if (set.IsAccepted(line))
            {
                Assert.True(texts.Add(line.Text), $"{line} is accepted twice");
                Assert.True(earlier.TryAdd(IdOf(line)!, line.Text), $"the id of {line} is accepted twice");
            }
        }
    }

    [Fact]
    public void Every_other_line_parses_and_lies_within_the_days()
    {
        var truth = new BruteForceTruth(set);
        var start = (long)(set.Options.Start.ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).TotalSeconds * Second;
        var end = start + set.Options.Days * 86_400 * Second;
        Assert.All(truth.Impressions, view => Assert.InRange(view.Time, start, end - 1));
        Assert.All(truth.Clicks.Concat(truth.Conversions), action => Assert.InRange(action.Time, start, end - 1));
        Assert.InRange(truth.Clicks.Count, 500, 2000);
        Assert.InRange(truth.Conversions.Count, 200, 900);
    }

    [Fact]
    public void Clicks_match_as_brute_force_matches_them()
    {
        var truth = new BruteForceTruth(set);
        var listed = Csv.Read(set.PathOf("truth/clicks.csv")).ToDictionary(row => row["click_id"]);
        Assert.Equal(truth.Clicks.Count, listed.Count);
        foreach (var click in truth.Clicks)
        {
            var (impression, basis) = truth.Match(click);
            Assert.Equal(
                (impression ?? "", basis),
                (listed[click.Id]["impression_id"], listed[click.Id]["match_basis"])
            );
        }

        Assert.Equal(
            ["impression_id", "unmatched", "user_campaign"],
            listed.Values.Select(row => row["match_basis"]).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Conversions_get_the_touches_that_brute_force_gives_them()
    {
        var truth = new BruteForceTruth(set);
        var listed = Csv.Read(set.PathOf("truth/conversions.csv")).ToDictionary(row => row["conversion_id"]);
        var duplicates = truth.DuplicateOrders();
        Assert.Equal(truth.Conversions.Count, listed.Count);
        foreach (var conversion in truth.Conversions)
        {
            var touches = truth.Touches(conversion);
            var row = listed[conversion.Id];
            Assert.Equal(string.Join('|', touches.Select(touch => $"{touch.Kind}:{touch.Id}")), row["touches"]);
            Assert.Equal(touches.Count == 0 ? "" : touches[^1].Id, row["last_touch"]);
            Assert.Equal(touches.Count == 0 ? "" : touches[^1].Campaign, row["campaign_id"]);
            Assert.Equal(duplicates.Contains(conversion.Id) ? "1" : "0", row["duplicate_order"]);
            Assert.Equal(BruteForceTruth.IsTooSoon(conversion, touches) ? "conversion_too_soon" : "", row["invalid"]);
        }

        Assert.NotEmpty(duplicates);
        Assert.Contains(listed.Values, row => row["touches"].StartsWith("view:", StringComparison.Ordinal));
        Assert.Contains(listed.Values, row => row["touches"].Contains("|click:", StringComparison.Ordinal));
        Assert.Contains(truth.Conversions, conversion => conversion is { User: null, ClickId: not null });
        Assert.Contains(truth.Refunds, refund => refund.Revenue < 0 && truth.Refunded(refund) is not null);
    }

    [Fact]
    public void Campaign_totals_are_the_sums_of_the_events()
    {
        var truth = new BruteForceTruth(set);
        var sums = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        var duplicates = truth.DuplicateOrders();
        var invalid = Csv.Read(set.PathOf("truth/clicks.csv"))
            .Where(row => row["invalid"] != "")
            .Select(row => row["click_id"])
            .Concat(truth.InvalidByRate())
            .Concat(truth.Impressions.Where(BruteForceTruth.IsInvalidByRow).Select(view => view.Id))
            .ToHashSet();
        foreach (var view in truth.Impressions)
            AddEvent(truth, sums, view.Campaign, view.Time, 0, view.Cost, "cpm", 1000, !invalid.Contains(view.Id));
        foreach (var click in truth.Clicks)
            AddEvent(truth, sums, click.Campaign, click.Time, 1, click.Cost, "cpc", 1, !invalid.Contains(click.Id));
        foreach (var refund in truth.Refunds)
            TakeBack(truth, sums, refund);
        foreach (var conversion in truth.Conversions)
        {
            var touches = truth.Touches(conversion);
            var isNet =
                !duplicates.Contains(conversion.Id)
                && !BruteForceTruth.IsTooSoon(conversion, touches)
                && touches.Count > 0
                && !invalid.Contains(touches[^1].Id);
            AddConversion(truth, sums, conversion, touches, isNet);
        }

        string[] columns =
        [
            "impressions",
            "clicks",
            "tagged_conversions",
            "click_conversions_by_conversion",
            "view_conversions_by_conversion",
            "click_conversions_by_interaction",
            "view_conversions_by_interaction",
            "revenue_by_conversion_micros",
            "revenue_by_interaction_micros",
            "media_cost_micros",
            "gross_spend_micros",
            "spend_micros",
        ];
        var listed = Csv.Read(set.PathOf("truth/campaigns.csv"))
            .ToDictionary(
                row => $"{row["campaign_id"]} {row["local_date"]} {row["currency"]}",
                row => columns.Select(column => long.Parse(row[column], CultureInfo.InvariantCulture)).ToArray()
            );
        Assert.Equal(sums.Keys, listed.Keys.Order(StringComparer.Ordinal));
        Assert.Contains(listed, row => row.Key.EndsWith("CHF", StringComparison.Ordinal) && row.Value[7] != 0);
        Assert.All(sums, pair => Assert.Equal(pair.Value, listed[pair.Key]));
    }

    [Fact]
    public void Invalid_traffic_is_what_brute_force_finds()
    {
        var truth = new BruteForceTruth(set);
        var listed = Csv.Read(set.PathOf("truth/clicks.csv"))
            .ToDictionary(row => row["click_id"], row => row["invalid"]);
        string[] ofRows = ["declared_bot", "non_browser_agent", "data_centre"];
        var invalidByRow = listed.Where(row => ofRows.Contains(row.Value)).Select(row => row.Key).ToHashSet();
        Assert.NotEmpty(invalidByRow);
        var verdicts = truth.Verdicts(invalidByRow);
        Assert.All(verdicts, verdict => Assert.Equal(verdict.Value, listed[verdict.Key]));
        Assert.All(
            (string[])["", "click_rate", "click_too_soon", "repeated_click"],
            reason => Assert.Contains(reason, verdicts.Values)
        );

        var fast = truth.InvalidByRate().Count();
        var campaigns = Csv.Read(set.PathOf("truth/campaigns.csv"));
        Assert.True(fast > 60);
        Assert.Equal(
            truth.Impressions.Count(BruteForceTruth.IsInvalidByRow) + fast,
            campaigns.Sum(row => int.Parse(row["invalid_impressions"], CultureInfo.InvariantCulture))
        );
        Assert.Equal(
            listed.Values.Count(reason => reason != ""),
            campaigns.Sum(row => int.Parse(row["invalid_clicks"], CultureInfo.InvariantCulture))
        );
    }

    private static void AddEvent(
        BruteForceTruth truth,
        SortedDictionary<string, long[]> sums,
        string campaign,
        long time,
        int column,
        decimal cost,
        string model,
        int divisor,
        bool isNet
    )
    {
        var sum = At(truth, sums, campaign, time);
        var micros = (long)(cost * 1_000_000);
        var (pricing, rate) = truth.Pricing(campaign, time);
        sum[column]++;
        sum[9] += micros;
        var bill =
            pricing == model ? rate / divisor
            : pricing == "" ? micros
            : 0;
        sum[10] += bill;
        if (isNet || pricing == "")
            sum[11] += bill;
    }

    private static void TakeBack(BruteForceTruth truth, SortedDictionary<string, long[]> sums, ParsedAction refund)
    {
        if (truth.Refunded(refund) is not { } purchase || truth.Touches(purchase) is not [.., var last])
            return;
        var micros = (long)(refund.Revenue!.Value * 1_000_000);
        At(truth, sums, last.Campaign, refund.Time, refund.Currency)[7] += micros;
        At(truth, sums, last.Campaign, last.Time, refund.Currency)[8] += micros;
    }

    private static void AddConversion(
        BruteForceTruth truth,
        SortedDictionary<string, long[]> sums,
        ParsedAction conversion,
        List<(string Kind, string Id, long Time, string Campaign)> touches,
        bool isNet
    )
    {
        At(truth, sums, conversion.Campaign, conversion.Time)[2]++;
        if (touches.Count == 0)
            return;
        var (kind, _, time, campaign) = touches[^1];
        var converted = At(truth, sums, campaign, conversion.Time);
        converted[kind == "click" ? 3 : 4]++;
        At(truth, sums, campaign, time)[kind == "click" ? 5 : 6]++;
        if (conversion.Revenue is { } revenue)
        {
            At(truth, sums, campaign, conversion.Time, conversion.Currency)[7] += (long)(revenue * 1_000_000);
            At(truth, sums, campaign, time, conversion.Currency)[8] += (long)(revenue * 1_000_000);
        }

        var (pricing, rate) = truth.Pricing(campaign, conversion.Time);
        if (pricing != "cpa" || !truth.IsPrimary(campaign, conversion.Kind))
            return;
        converted[10] += rate;
        if (isNet)
            converted[11] += rate;
    }

    /// <summary>Counts stand in the row of the campaign's currency, money in the row of its own.</summary>
    private static long[] At(
        BruteForceTruth truth,
        SortedDictionary<string, long[]> sums,
        string campaign,
        long time,
        string? currency = null
    )
    {
        var key = $"{campaign} {truth.LocalDate(campaign, time)} {currency ?? truth.CurrencyOf(campaign)}";
        return sums.TryGetValue(key, out var sum) ? sum : sums[key] = new long[12];
    }

    private static string? IdOf(FeedLine line)
    {
        if (!line.IsImpression)
            return ParsedEvents.ActionRow(line.Text)?["event_id"];
        using var document = JsonDocument.Parse(line.Text);
        return document.RootElement.GetProperty("impression_id").GetString();
    }

    private static void CheckListed(
        FeedLine line,
        Dictionary<string, string> note,
        Dictionary<string, string> earlier,
        HashSet<string> texts
    )
    {
        switch (note["verdict"], note["reason"])
        {
            case ("duplicate", _):
                Assert.Contains(line.Text, texts);
                break;
            case (_, "conflicting_duplicate"):
                Assert.NotEqual(line.Text, earlier[IdOf(line)!]);
                break;
            case (_, "unparseable"):
                Assert.False(
                    line.IsImpression ? IsJson(line.Text) : ParsedEvents.ActionRow(line.Text) != null,
                    line.Text
                );
                break;
            case (_, "missing_required_field"):
                Assert.Matches("^,|\"timestamp\":null|^(?!.*timestamp)", line.Text);
                break;
            case (_, "bad_time"):
                Assert.Matches("2024-13-45|yesterday|2024-02-30|noon", line.Text);
                break;
            case (_, "from_the_future"):
                Assert.Contains("2099-01-01", line.Text, StringComparison.Ordinal);
                break;
            case (_, "bad_type"):
                Assert.Contains("twelve", line.Text, StringComparison.Ordinal);
                break;
            case (_, "out_of_range"):
                Assert.Matches("\"cost\":-|,-0.25,", line.Text);
                break;
            case (_, "unknown_kind"):
                Assert.Contains(
                    ParsedEvents.ActionRow(line.Text)!["conversion_type"],
                    (string[])["impression", "none", "view", "0", ""]
                );
                break;
            default:
                Assert.Equal(("late", ""), (note["verdict"], note["reason"]));
                break;
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
