using System.Globalization;
using System.Text;
using AdvertiseX.Lake;
using AdvertiseX.Reports;
using AdvertiseX.Reports.Explaining;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reports.Explaining;

public sealed class CellExplainerTests(CellExplainerTests.FilledLake filled)
    : IClassFixture<CellExplainerTests.FilledLake>
{
    // Over cells of a random lake, metric after metric: the figure is the report's, and its sums are those of the rows
    // named.
    [Theory(Explicit = true)]
    [InlineData(51, false, false)]
    [InlineData(52, true, true)]
    public async Task A_figure_is_the_reports_and_the_sum_of_its_rows(int seed, bool net, bool byInteraction)
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(RandomTraffic.Described);
        foreach (var table in RandomTraffic.Create(new Random(seed), 50).GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
        await lake.RunAsync("campaign_performance", "attribution_credits");
        var report = await ReportAsync(lake, net, byInteraction);
        var metrics = CellMetric.All.Where(metric => report[0].ContainsKey(metric.Name)).ToList();
        var turn = 0;
        foreach (
            var cell in report.GroupBy(row =>
                (Campaign: row["campaign_id"], Day: DateOnly.Parse(row["day"], CultureInfo.InvariantCulture))
            )
        )
        {
            var metric = metrics[turn++ % metrics.Count];
            var explained = await CellExplainer.ReadAsync(
                lake.Engine,
                lake.Lake,
                new CellOptions(cell.Key.Campaign, cell.Key.Day, metric) { Net = net, ByInteraction = byInteraction },
                cancellation: TestContext.Current.CancellationToken
            );
            Assert.Equal(
                cell.Select(row => (row["currency"], Rounded(row[metric.Name]))).Order(),
                explained.Figures.Select(figure => (figure.Currency ?? "", Rounded(figure.Value))).Order()
            );
            AssertSum(explained, metric.Numerator, figure => figure.Numerator);
            if (metric.Denominator is { } denominator)
                AssertSum(explained, denominator, figure => figure.Denominator);
        }

        // Every metric had its turn.
        Assert.True(turn >= metrics.Count);
    }

    [Fact]
    public async Task Prices_versions_and_what_stands_beside_are_told()
    {
        await using var lake = await FilledAsync();
        var explained = await ExplainAsync(lake, "roas", new(2024, 3, 31));
        Assert.Equal(("Europe/Berlin", 23.0), (explained.TimeZone, (explained.To - explained.From).TotalHours));
        Assert.Equal(new CellFigure("EUR", 3_000_000, 5_000, 600m), Assert.Single(explained.Figures));
        var rate = Assert.Single(explained.Rates);
        Assert.Equal(("cpm", 2_500_000, null), (rate.PricingModel, rate.RateMicros, rate.To));
        Assert.Equal("campaign_performance", explained.Origins[0].Table);
        Assert.All(explained.Origins, origin => Assert.Null(origin.Reason));
        Assert.All(
            explained.Origins.SelectMany(origin => origin.Inputs),
            input => Assert.Equal(input.Newest, input.Consumed)
        );
        var beside = explained.Completeness;
        Assert.Equal(
            (1, 1, 1, 0),
            (beside.UnmatchedClicks, beside.ConversionsWithoutTouches, beside.InvalidImpressions, beside.UnpricedEvents)
        );
        // The ledger of this lake has no commit: nothing says that the day is over.
        Assert.Equal(
            (false, null, new DateTime(2024, 3, 31, 22, 0, 0)),
            (beside.IsMature, beside.LakeAsOf, beside.MatureFrom.UtcDateTime)
        );

        await lake.AddAsync(
            "clicks",
            [
                new()
                {
                    ["event_id"] = "late",
                    ["event_time"] = "2024-03-31 12:00:00",
                    ["campaign_id"] = "shoes",
                },
            ]
        );
        var stale = (await ExplainAsync(lake, "clicks", new(2024, 3, 31))).Origins.Single(origin =>
            origin.Table == "click_attribution"
        );
        Assert.Contains(stale.Inputs, input => input.Table == "clicks" && input.Consumed < input.Newest);
        Assert.StartsWith("clicks ", stale.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_interaction_a_day_matures_with_the_longest_window_after_it()
    {
        var lake = await filled.Lake;
        var cell = new CellOptions("shoes", new(2024, 3, 31), CellMetric.Find("cvr")!) { ByInteraction = true };
        var explained = await CellExplainer.ReadAsync(
            lake.Engine,
            lake.Lake,
            cell,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(new DateTime(2024, 3, 31, 22, 0, 0).AddDays(40), explained.Completeness.MatureFrom.UtcDateTime);
    }

    [Fact]
    public async Task A_day_without_figures_is_said()
    {
        var lake = await filled.Lake;
        var error = await Assert.ThrowsAsync<LakeException>(() => ExplainAsync(lake, "ctr", new(2024, 4, 9)));
        Assert.Equal("campaign shoes has no figures on 2024-04-09, a day of its own zone", error.Message);
    }

    private static void AssertSum(CellExplanation explained, string measure, Func<CellFigure, long?> of)
    {
        var sources = explained.Sources.Where(source => source.Measure == measure).ToList();
        // Net conversions of the campaign's own tag, and spend where no rate is in force, are not told by row.
        if (sources.Any(source => source.Amount is not null))
            Assert.Equal(explained.Figures.Sum(figure => of(figure) ?? 0), sources.Sum(source => source.Amount ?? 0));
        else
            Assert.True(measure is "tagged_conversions" or "spend" or "media_cost" or "revenue", measure);
    }

    private static string Rounded(string text) =>
        text.Length == 0 ? "" : Rounded(decimal.Parse(text, CultureInfo.InvariantCulture));

    // The report divides as doubles and rounds to six decimals.
    private static string Rounded(decimal? value) =>
        value is { } known ? Math.Round(known, 5).ToString("0.#####", CultureInfo.InvariantCulture) : "";

    private static async Task<List<Dictionary<string, string>>> ReportAsync(FactLake lake, bool net, bool byInteraction)
    {
        var options = new PerformanceReportOptions
        {
            By = ReportPeriod.Day,
            Net = net,
            ByInteraction = byInteraction,
        };
        using var result = await PerformanceReport.ReadAsync(lake.Engine, lake.Lake, options);
        using var text = new MemoryStream();
        CsvResultWriter.Write(result, text);
        var lines = Encoding.UTF8.GetString(text.ToArray()).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return
        [
            .. lines
                .Skip(1)
                .Select(line =>
                    lines[0].Split(',').Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second)
                ),
        ];
    }

    private static Task<CellExplanation> ExplainAsync(FactLake lake, string metric, DateOnly date) =>
        CellExplainer.ReadAsync(
            lake.Engine,
            lake.Lake,
            new CellOptions("shoes", date, CellMetric.Find(metric)!),
            cancellation: TestContext.Current.CancellationToken
        );

    private static async Task<FactLake> FilledAsync()
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(
            """
            campaigns
            campaign_id | advertiser_id | time_zone     | currency | conversion_click_window
            shoes       | acme          | Europe/Berlin | EUR      | 40d

            campaign_rates
            campaign_id | pricing_model | rate | valid_from           | valid_to
            shoes       | cpc           | 9    |                      | 2024-03-30T00:00:00Z
            shoes       | cpm           | 2.5  | 2024-03-30T00:00:00Z |

            impressions
            event_id | event_time          | user_id | campaign_id | ivt_reason
            i1       | 2024-03-30 23:30:00 | ann     | shoes       |
            i2       | 2024-03-31 10:00:00 | bot     | shoes       | declared_bot

            clicks
            event_id | event_time          | user_id | campaign_id
            c1       | 2024-03-31 00:00:00 | ann     | shoes
            c2       | 2024-03-31 01:00:00 | zoe     | shoes

            conversions
            event_id | event_time          | user_id | campaign_id | conversion_type | revenue_micros
            v1       | 2024-03-31 02:00:00 | ann     | shoes       | purchase        | 3000000
            v2       | 2024-03-31 02:00:00 | nobody  | shoes       | purchase        | 1000000
            """
        );
        await lake.DescribeAsync([.. tables.Take(2)]);
        foreach (var table in tables.Skip(2))
            await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync("campaign_performance", "attribution_credits");
        return lake;
    }

    public sealed class FilledLake : SharedLake
    {
        private protected override Task<FactLake> FillAsync() => FilledAsync();
    }
}
