using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>
/// Every stored answer beside a naive statement of it: dictionaries and sets over the facts in memory, straight from
/// the words of docs/terms.md. It shares no SQL and no code with the models; of the product it uses only the reading of
/// Parquet.
/// </summary>
internal sealed class NaiveComparison
{
    private readonly IQueryEngine _engine;
    private readonly DataLake _lake;
    private readonly NaiveBook _book;
    private readonly NaiveFacts _facts;
    private readonly NaiveUsers _users;
    private readonly NaivePerformance _performance;

    private NaiveComparison(IQueryEngine engine, DataLake lake, NaiveBook book, NaiveFacts facts)
    {
        (_engine, _lake, _book, _facts) = (engine, lake, book, facts);
        new NaiveLinks(facts, book).Resolve();
        _users = new NaiveUsers(facts, book);
        _performance = new NaivePerformance(facts, book, _users);
    }

    /// <summary>Fails where an answer differs, with the first rows that do.</summary>
    public static async Task AgreeAsync(IQueryEngine engine, DataLake lake)
    {
        var book = await NaiveBook.ReadAsync(engine, lake);
        var comparison = new NaiveComparison(engine, lake, book, await NaiveFacts.ReadAsync(engine, lake, book));
        await comparison.LinksAsync();
        await comparison.PerformanceAsync();
        await comparison.CreditsAsync();
        await comparison.UsersAsync();
        await comparison.FeaturesAsync();
        foreach (var net in (bool[])[false, true])
        {
            foreach (var by in (ReportPeriod[])[ReportPeriod.Day, ReportPeriod.Week, ReportPeriod.Total])
                await comparison.ReachAsync(by, net);
            foreach (var byInteraction in (bool[])[false, true])
            {
                await comparison.RatiosAsync(ReportSubject.Campaigns, ReportPeriod.Day, net, byInteraction);
                await comparison.RatiosAsync(ReportSubject.Campaigns, ReportPeriod.Total, net, byInteraction);
                await comparison.RatiosAsync(ReportSubject.Sites, ReportPeriod.Total, net, byInteraction);
                await comparison.RatiosAsync(ReportSubject.Segments, ReportPeriod.Total, net, byInteraction);
            }
        }

        await comparison.PacingAsync();
        await comparison.AuctionsAsync();
    }

    private async Task LinksAsync()
    {
        await SameAsync(
            "click_attribution",
            ["click_id", "impression_id", "match_basis", "campaign_id", "creative_id", "ad_group_id", "ivt_reason"],
            "",
            _facts.Clicks.Select(each =>
                $"{each.Id} | {each.Impression?.Id} | {each.Basis} | {NaivePlace.Known(each.Campaign)} | {NaivePlace.Known(each.Creative)} | {NaivePlace.Known(each.AdGroup)} | {each.Reason}"
            )
        );
        await SameAsync(
            "invalid_rates",
            ["event_kind", "event_id", "ivt_reason"],
            "",
            Reasoned("impression", _facts.Impressions)
                .Concat(Reasoned("click", _facts.Clicks))
                .Where(each => each.Event.Reason!.EndsWith("_rate", StringComparison.Ordinal))
                .Select(each => $"{each.Kind} | {each.Event.Id} | {each.Event.Reason}")
        );
        await SameAsync(
            "invalid_traffic",
            ["event_kind", "event_id", "campaign_id", "ivt_reason"],
            "",
            Reasoned("impression", _facts.Impressions)
                .Concat(Reasoned("click", _facts.Clicks))
                .Concat(Reasoned("conversion", _facts.Conversions))
                .Where(each => !each.Event.InvalidByRow)
                .Select(each =>
                    $"{each.Kind} | {each.Event.Id} | {NaivePlace.Known(each.Event.Campaign)} | {each.Event.Reason}"
                )
        );

        static IEnumerable<(string Kind, NaiveEvent Event)> Reasoned(string kind, IEnumerable<NaiveEvent> events) =>
            events.Where(each => each.Reason is not null).Select(each => (kind, each));
    }

    private async Task PerformanceAsync()
    {
        string[] key = ["campaign_id", "local_date", "currency"];
        await SameAsync(
            "campaign_performance",
            [.. key, .. NaivePerformance.Columns],
            "",
            _performance.Rows("day", NaivePerformance.Columns)
        );
        foreach (var dimension in (string[])["campaign", "creative", "site", "device", "geo"])
        {
            await SameAsync(
                "performance",
                [.. key, .. NaivePlace.ColumnsOf(dimension), .. NaivePerformance.Columns],
                $"where dimension = '{dimension}'",
                _performance.Rows(dimension, NaivePerformance.Columns)
            );
        }

        string[] tagless =
        [
            .. NaivePerformance.Columns.Where(column =>
                !column.Contains("tagged", StringComparison.Ordinal)
                && column != "unattributed_conversions"
                && !column.Contains("_adjustments", StringComparison.Ordinal)
            ),
        ];
        await SameAsync("geo", [.. key, "country", "region", .. tagless], "", _performance.Rows("geo", tagless));
        string[] segmented =
        [
            .. NaivePerformance.Columns.Where(column =>
                column is not ("unmatched_clicks" or "unattributed_conversions")
                && !column.EndsWith("measured", StringComparison.Ordinal)
                && !column.EndsWith("viewable", StringComparison.Ordinal)
            ),
        ];
        foreach (var dimension in (string[])["segment", "audience"])
        {
            await SameAsync(
                "user_performance",
                [.. key, .. NaivePlace.ColumnsOf(dimension), .. segmented],
                $"where dimension = '{dimension}'",
                _performance.Rows(dimension, segmented)
            );
        }

        await SameAsync(
            "funnel",
            [
                "campaign_id",
                "local_date",
                "impressions",
                "clicked_impressions",
                "converted_impressions",
                "view_converted_impressions",
            ],
            "where impressions > 0",
            new NaiveFunnel(_facts, _book).Rows()
        );
    }

    private async Task CreditsAsync()
    {
        await SameAsync(
            "conversion_attribution",
            [
                "conversion_id",
                "touch_id",
                "touch_kind",
                "position",
                "touches",
                "ivt_reason",
                "is_duplicate_order",
                "touch_ivt_reason",
                "adjusts_conversion_id",
                .. NaiveCredit.Models.SelectMany(model =>
                    ((string[])["", "net_"]).SelectMany(net =>
                        (string[])[$"{model}_{net}millionths", $"{model}_{net}revenue_micros"]
                    )
                ),
            ],
            "",
            _facts.Earning.SelectMany(Touches)
        );
        var credits = new NaiveCredits(_facts, _book, _users, _performance);
        foreach (var dimension in NaiveCredits.Dimensions)
        {
            await SameAsync(
                "attribution_credits",
                [
                    "model",
                    "campaign_id",
                    "local_date",
                    "currency",
                    .. NaivePlace.ColumnsOf(dimension),
                    .. NaiveCredits.Columns,
                ],
                $"where dimension = '{dimension}'",
                credits.Rows(dimension)
            );
        }
    }

    /// <summary>A row for each touch of a conversion: what it is, then credit and revenue in each model, gross and
    /// net.</summary>
    private static IEnumerable<string> Touches(NaiveConversion each)
    {
        var models = NaiveCredit.Models.Select(model => NaiveCredit.Of(each, model)).ToList();
        var earner = each.Earner;
        return earner.Touches.Select(
            (touch, i) =>
            {
                var net = earner.IsNet && touch.Reason is null ? 1 : 0;
                var parts = models.Select(model =>
                    $"{model[i].Millionths} | {model[i].Revenue} | {net * model[i].Millionths} | {net * model[i].Revenue}"
                );
                return $"{each.Id} | {touch.Id} | {(touch is NaiveClick ? "click" : "view")} | {i + 1} | {earner.Touches.Count} | {earner.Reason} | {(earner.IsDuplicateOrder ? "true" : "false")} | {touch.Reason} | {each.Adjusts?.Id} | {string.Join(" | ", parts)}";
            }
        );
    }

    private async Task UsersAsync()
    {
        await SameAsync("segments", ["user_key", "valid_from", "valid_to", "segment"], "", _users.Segments());
        await SameAsync("user_features", NaiveUsers.FeatureColumns, "", _users.Features(_book));
    }

    private async Task FeaturesAsync()
    {
        await SameAsync("context_features", NaiveContexts.Columns, "", new NaiveContexts(_facts, _book).Rows());
        string[] sums = ["impressions", "net_impressions", "measured", "viewable", "clicks", "net_clicks"];
        string[] kinds = ["click_conversions", "net_click_conversions", "view_conversions", "net_view_conversions"];
        var depth = new NaiveDepth(_facts, _performance.CurrencyOf);
        await SameAsync(
            "ad_features",
            [
                "creative_id",
                "currency",
                "first_date",
                "last_date",
                .. sums,
                .. kinds,
                .. NaiveDepth.Columns,
                "revenue_micros",
                "net_revenue_micros",
                "media_cost_micros",
                "gross_spend_micros",
                "spend_micros",
            ],
            "",
            _performance
                .Creatives()
                .Select(ad =>
                    string.Join(
                        " | ",
                        (
                            (string?[])
                                [
                                    ad.Key.Creative,
                                    ad.Key.Currency,
                                    Text(ad.Min(row => row.Place.Date)),
                                    Text(ad.Max(row => row.Place.Date)),
                                    .. sums.Select(name => Text(ad.Sum(row => row.Figures[name]))),
                                    .. kinds.Select(name => Text(ad.Sum(row => row.Figures[name + "_by_conversion"]))),
                                    .. depth.Of(ad.Key.Creative, ad.Key.Currency),
                                    Text(ad.Sum(row => row.Figures["revenue_by_conversion_micros"])),
                                    Text(ad.Sum(row => row.Figures["net_revenue_by_conversion_micros"])),
                                    Text(ad.Sum(row => row.Figures["media_cost_micros"])),
                                    .. ((string[])["gross_spend_micros", "spend_micros"]).Select(name =>
                                        SpendOfAd(ad, name)
                                    ),
                                ]
                        )
                    )
                )
        );
    }

    /// <summary>Unknown where a day of the creative with impressions or clicks has no price; else what there
    /// is.</summary>
    private string SpendOfAd(IEnumerable<(NaivePlace Place, NaiveFigures Figures)> days, string name)
    {
        var priced = days.ToLookup(row => _performance.SpendOf(row.Place, row.Figures) is not null);
        return !priced[true].Any() || priced[false].Any(row => row.Figures["impressions"] + row.Figures["clicks"] > 0)
            ? ""
            : Text(priced[true].Sum(row => row.Figures[name]));
    }

    private async Task ReachAsync(ReportPeriod by, bool net)
    {
        var naive = new NaiveReach(
            _facts,
            _book,
            net,
            date =>
                by switch
                {
                    ReportPeriod.Day => date,
                    ReportPeriod.Week => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
                    _ => null,
                }
        );
        using var report = await PerformanceReport.ReadAsync(
            _engine,
            _lake,
            new PerformanceReportOptions
            {
                By = by,
                Net = net,
                Reach = true,
            }
        );
        var reached = 0L;
        while (report.Read())
        {
            var campaign = report.GetString(Place("campaign_id"))!;
            // Money of another currency is nobody's reach.
            if (report.GetString(Place("currency")) is { } money && money != _performance.CurrencyOf(campaign))
            {
                Assert.True(report.IsNull(Place("reach")));
                continue;
            }

            DateOnly? period =
                by == ReportPeriod.Total ? null : report.GetDate(Place(by == ReportPeriod.Day ? "day" : "week"));
            var (reach, frequency, unique) = naive.Of(campaign, period);
            Assert.Equal((campaign, period, reach), (campaign, period, report.GetInt64(Place("reach"))));
            AssertNear(frequency, "frequency");
            AssertNear(unique, "unique_ctr");
            reached += reach;
        }

        Assert.True(reached > 0);

        int Place(string column) =>
            report.Columns.Select((each, i) => (each.Name, i)).Single(each => each.Name == column).i;

        // Reports round to six decimals.
        void AssertNear(double? expected, string column)
        {
            Assert.Equal(expected is null, report.IsNull(Place(column)));
            if (expected is { } value)
                Assert.Equal(value, report.GetDouble(Place(column)), 0.000_001);
        }
    }

    private async Task RatiosAsync(ReportSubject subject, ReportPeriod by, bool net, bool byInteraction)
    {
        var (dimension, key) = subject switch
        {
            ReportSubject.Campaigns => ("day", "campaign_id"),
            ReportSubject.Sites => ("site", "site_id"),
            _ => ("segment", "segment"),
        };
        var naive = new NaiveRatios(_performance, net, byInteraction).Of(
            dimension,
            place =>
                (dimension == "day" ? NaivePlace.Known(place.Campaign) : place.Row)
                + (by == ReportPeriod.Day ? $" {Text(place.Date)}" : "")
        );
        using var report = await PerformanceReport.ReadAsync(
            _engine,
            _lake,
            new PerformanceReportOptions
            {
                Subject = subject,
                By = by,
                Net = net,
                ByInteraction = byInteraction,
            }
        );
        var places = report.Columns.Select((each, i) => (each.Name, i)).ToDictionary(each => each.Name, each => each.i);
        var rows = 0;
        for (; report.Read(); rows++)
        {
            var row =
                report.GetString(places[key])
                + (by == ReportPeriod.Day ? $" {Text(report.GetDate(places["day"]))}" : "");
            var expected = naive[(row, report.GetString(places["currency"]))];
            foreach (var (name, value) in NaiveRatios.Names.Zip(expected))
            {
                double? shown = report.IsNull(places[name]) ? null : report.GetDouble(places[name]);
                Assert.True(
                    shown is null == value is null && Math.Abs((shown ?? 0) - (value ?? 0)) < 0.000_001,
                    $"{subject} {by} net {net} by interaction {byInteraction}: {name} of {row}: {shown}, naive {value}"
                );
            }
        }

        Assert.Equal(naive.Count, rows);
    }

    private async Task PacingAsync()
    {
        using var report = await PerformanceReport.ReadAsync(
            _engine,
            _lake,
            new PerformanceReportOptions { Pacing = true }
        );
        var places = report.Columns.Select((each, i) => (each.Name, i)).ToDictionary(each => each.Name, each => each.i);
        var spends = _performance.Spends();
        while (report.Read())
        {
            var campaign = report.GetString(places["campaign_id"])!;
            // A budget is in the campaign's own currency.
            if (report.GetString(places["currency"]) != _performance.CurrencyOf(campaign))
                continue;
            if (_book.BudgetOf(campaign) is not { } budget || spends[campaign] is not { } spent)
                continue;
            Assert.Equal((double)spent / budget, report.GetDouble(places["budget_share"]), 0.000_001);
        }
    }

    private async Task AuctionsAsync()
    {
        // A lake whose traffic came without bid requests has nothing to say of them.
        if (_facts.Bids.Count == 0)
            return;
        var auctions = new NaiveAuctions(_facts, _book, _performance);
        await SameAsync(
            "auctions",
            ["campaign_id", "local_date", "currency", .. NaiveAuctions.Columns],
            "",
            auctions.Rows()
        );
        await SameAsync(
            "bid_landscape",
            ["campaign_id", "local_date", "band_cpm_micros", "sum(bids)", "sum(wins)"],
            "group by campaign_id, local_date, band_cpm_micros",
            auctions.Landscape()
        );
    }

    private async Task SameAsync(string table, IReadOnlyList<string> columns, string rest, IEnumerable<string> expected)
    {
        var stored = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in NaiveRows.ReadAsync(_engine, _lake, table, columns, rest))
            Assert.True(stored.Add(row.Line()));
        var naive = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in expected)
            Assert.True(naive.Add(row));
        var differing = naive
            .Except(stored)
            .Select(row => "naive  " + row)
            .Order(StringComparer.Ordinal)
            .Take(4)
            .Concat(stored.Except(naive).Select(row => "stored " + row).Order(StringComparer.Ordinal).Take(4))
            .ToList();
        Assert.True(
            differing.Count == 0,
            $"{table} {rest}: {string.Join(" | ", columns)}\n{string.Join('\n', differing)}"
        );
    }

    private static string Text(IFormattable value) =>
        value.ToString(value is DateOnly ? "yyyy-MM-dd" : null, CultureInfo.InvariantCulture);
}
