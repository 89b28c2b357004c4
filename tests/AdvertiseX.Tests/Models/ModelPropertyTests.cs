using System.Globalization;
using AdvertiseX.Columns;
using AdvertiseX.Models;
using AdvertiseX.Tests.Ingestion;
using AdvertiseX.Tests.Models.Naive;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// What holds for any traffic and any descriptions: answers are those of a naive statement, sums over any dimension are
/// the same, nothing is credited twice, and how it came about (order, changed descriptions, crashes) does not matter.
/// </summary>
public sealed class ModelPropertyTests
{
    private static readonly string[] Dimensions = ["campaign", "creative", "site", "device", "geo"];

    [Theory]
    [InlineData(1)]
    [InlineData(2, Explicit = true)]
    public async Task Every_answer_is_the_naive_one_and_sums_over_any_dimension_are_the_same(int seed)
    {
        var random = new Random(seed);
        await using var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(RandomDescriptions.Create(random));
        await AddAsync(lake, InPlaces(RandomTraffic.Create(random, 150), random));
        await lake.RunAsync();
        await NaiveComparison.AgreeAsync(lake.Engine, lake.Lake);

        var figures = ModelCatalog
            .Shipped.Find("performance")
            .Columns.Select(column => column.Name)
            .SkipWhile(name => name != "currency")
            .Where(name => name != "is_foreign")
            .ToList();
        string[] cell = ["campaign_id", "local_date", .. figures];
        var total = Summed(await lake.RowsAsync("campaign_performance", cell));
        foreach (var dimension in Dimensions)
        {
            // Conversions that no touch earned are in no dimension: only their campaign and hour is known.
            var shared = Enumerable
                .Range(0, cell.Length)
                .Where(i => dimension == "campaign" || !IsTagged(cell[i]))
                .ToArray();
            Assert.Equal(
                Shared(total, shared),
                Shared(Summed(await lake.RowsAsync("performance", cell, $"where dimension = '{dimension}'")), shared)
            );
        }

        var credits = ModelCatalog
            .Shipped.Find("attribution_credits")
            .Columns.Select(column => column.Name)
            .SkipWhile(name => name != "currency")
            .Where(name => name != "is_foreign")
            .ToList();
        var whole = Summed(
            await lake.RowsAsync(
                "attribution_credits",
                ["campaign_id || ' ' || model", "local_date", .. credits],
                "where dimension = 'campaign'"
            )
        );
        Assert.NotEmpty(whole);
        foreach (var dimension in Dimensions)
            Assert.Equal(
                whole,
                Summed(
                    await lake.RowsAsync(
                        "attribution_credits",
                        ["campaign_id || ' ' || model", "local_date", .. credits],
                        $"where dimension = '{dimension}'"
                    )
                )
            );
    }

    [Theory]
    [InlineData(5, Explicit = true)]
    [InlineData(6, Explicit = true)]
    public async Task No_click_or_conversion_counts_or_earns_twice(int seed)
    {
        var random = new Random(seed);
        // What an adjustment without an amount comes to is for the naive computation to say.
        var facts = RandomTraffic
            .Create(random, 200)
            .Where(fact => !IsAdjustment(fact.Record) || fact.Record.ContainsKey("revenue_micros"))
            .ToList();
        await using var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(RandomDescriptions.Create(random));
        await AddAsync(lake, facts);
        await lake.RunAsync("attribution_credits", "campaign_performance");
        Assert.Equal(IdsOf(facts, "clicks"), await lake.RowsAsync("click_attribution", ["click_id"]));
        var touches = await lake.RowsAsync("conversion_attribution", ["conversion_id", "touch_id"]);
        Assert.Equal(touches.Distinct(), touches);
        var conversions = touches.Select(line => line.Split(" | ")[0]).Distinct().ToList();
        Assert.Subset(IdsOf(facts, "conversions").ToHashSet(), conversions.ToHashSet());
        var taken = facts.Where(fact => IsAdjustment(fact.Record)).Select(fact => fact.Record["event_id"]).ToHashSet();
        var converted = conversions.Count(id => !taken.Contains(id));
        Assert.True(converted < conversions.Count);
        var revenue = facts
            .Where(fact => fact.Table == "conversions" && conversions.Contains(fact.Record["event_id"]))
            .Sum(fact =>
                long.Parse(fact.Record.GetValueOrDefault("revenue_micros", "0"), CultureInfo.InvariantCulture)
            );
        Assert.Equal(
            [
                $"{facts.Count(fact => fact.Table == "clicks")} | {facts.Count(fact => fact.Table == "conversions") - taken.Count} | {converted} | {converted} | {revenue} | {revenue}",
            ],
            await lake.RowsAsync(
                "campaign_performance",
                [
                    "sum(clicks)",
                    "sum(tagged_conversions)",
                    "sum(click_conversions_by_conversion + view_conversions_by_conversion)",
                    "sum(click_conversions_by_interaction + view_conversions_by_interaction)",
                    "sum(revenue_by_conversion_micros)",
                    "sum(revenue_by_interaction_micros)",
                ]
            )
        );
        foreach (var basis in (string[])["conversion", "interaction"])
        {
            Assert.Equal(
                [
                    .. NaiveCredit
                        .Models.Order(StringComparer.Ordinal)
                        .Select(model => $"{model} | {converted * 1_000_000L} | {revenue}"),
                ],
                await lake.RowsAsync(
                    "attribution_credits",
                    [
                        "model",
                        $"sum(click_millionths_by_{basis} + view_millionths_by_{basis})",
                        $"sum(revenue_by_{basis}_micros)",
                    ],
                    "where dimension = 'geo' group by model"
                )
            );
        }
    }

    /// <summary>
    /// Events in any order, descriptions that change between them, runs that die anywhere: what is stored in the end is
    /// what one run over all of it stores.
    /// </summary>
    [Theory]
    [InlineData(7, 8, "conversion_attribution", "impression_rollup", "campaign_user_daily", Explicit = true)]
    [InlineData(7, 30, Explicit = true)]
    [InlineData(8, 30, Explicit = true)]
    public async Task Neither_order_nor_changed_descriptions_nor_crashes_leave_a_trace(
        int seed,
        int crashes,
        params string[] models
    )
    {
        var random = new Random(seed);
        var facts = InPlaces(RandomTraffic.Create(random, 60), random).ToArray();
        random.Shuffle(facts);
        await using var lake = await FactLake.CreateAsync();
        var described = RandomDescriptions.Create(random);
        await lake.DescribeAsync(described);
        foreach (var batch in facts.Chunk(facts.Length / 3 + 1))
        {
            await AddAsync(lake, batch);
            if (random.Next(2) == 0)
            {
                // One table described anew, the others as they were.
                var changed = random.Next(described.Count);
                var others = RandomDescriptions.Create(random);
                described = [.. described.Select((table, i) => i == changed ? others[i] : table)];
                await lake.DescribeAsync(described[changed]);
            }

            await RunOrDieAsync(lake, random, crashes, models);
        }

        await lake.RunAsync(models);
        await using var whole = await FactLake.CreateAsync();
        await whole.DescribeAsync(described);
        await AddAsync(whole, facts);
        await whole.RunAsync(models);
        foreach (var model in models.Length > 0 ? models : ModelCatalog.Shipped.Ordered.Select(model => model.Name))
            Assert.Equal(await whole.RowsAsync(model), await lake.RowsAsync(model));
    }

    /// <summary>The traffic, some of which says where and on what it was seen, for how long, what it cost and in which
    /// currency.</summary>
    private static IReadOnlyList<(string Table, Dictionary<string, string> Record)> InPlaces(
        IReadOnlyList<(string Table, Dictionary<string, string> Record)> facts,
        Random random
    )
    {
        var columns = new Dictionary<string, (string Column, string[] Values)[]>
        {
            ["impressions"] =
            [
                ("device_type", ["mobile", "ctv"]),
                ("site_id", ["s0", "s1"]),
                ("domain", ["s0.example", "d.example"]),
                ("region", ["BE", "BY"]),
                ("ad_group_id", ["g0", "g2"]),
                ("content_category", ["news"]),
                ("time_in_view_ms", ["900", "2500"]),
                ("is_measurable", ["true", "false"]),
            ],
            ["clicks"] =
            [
                ("device_type", ["desktop"]),
                ("country", ["FR"]),
                ("domain", ["d.example"]),
                ("cost_micros", ["250000"]),
                ("currency", ["GBP", "USD"]),
            ],
            ["conversions"] = [("currency", ["GBP", "EUR"]), ("advertiser_id", ["a0", "a1"])],
            ["bid_requests"] =
            [
                ("clearing_cpm_micros", ["700000"]),
                ("floor_cpm_micros", ["100000"]),
                ("currency", ["GBP"]),
            ],
        };
        foreach (var (table, record) in facts)
        {
            foreach (var (column, values) in columns[table].Where(_ => random.Next(3) == 0))
                record[column] = values[random.Next(values.Length)];
        }

        return facts;
    }

    private static async Task RunOrDieAsync(FactLake lake, Random random, int crashes, string[] models)
    {
        try
        {
            using (
                new CrashAt(
                    random.Next(2) == 0 ? "model: files written" : "commit: in the log",
                    random.Next(1, crashes)
                )
            )
                await lake.RunAsync(models);
        }
        catch (CrashAt.Crash)
        {
            // The next run goes on from what stands in the lake.
        }
    }

    private static async Task AddAsync(
        FactLake lake,
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        foreach (var table in facts.GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
    }

    private static List<string> IdsOf(
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts,
        string table
    ) =>
        [
            .. facts
                .Where(fact => fact.Table == table)
                .Select(fact => fact.Record["event_id"])
                .Order(StringComparer.Ordinal),
        ];

    private static bool IsTagged(string column) =>
        column is "tagged_conversions" or "net_tagged_conversions" or "unattributed_conversions"
        || column.Contains("_adjustments", StringComparison.Ordinal);

    private static bool IsAdjustment(Dictionary<string, string> record) =>
        record.GetValueOrDefault("is_adjustment") == "true";

    /// <summary>Rows of campaign, day, currency and numbers, added up; days of nothing are left out.</summary>
    private static List<string[]> Summed(IEnumerable<string> rows) =>
        [
            .. rows.Select(row => row.Split(" | "))
                .GroupBy(cells => PipeTable.Line(cells[..3]))
                .OrderBy(cell => cell.Key, StringComparer.Ordinal)
                .Select(cell =>
                    (string[])
                        [
                            .. cell.First()[..3],
                            .. Enumerable.Range(3, cell.First().Length - 3).Select(i => Sum(cell, i)),
                        ]
                ),
        ];

    private static string Sum(IEnumerable<string[]> rows, int column)
    {
        var known = rows.Where(cells => cells[column].Length > 0).ToList();
        return known.Count == 0
            ? ""
            : known
                .Sum(cells => long.Parse(cells[column], CultureInfo.InvariantCulture))
                .ToString(CultureInfo.InvariantCulture);
    }

    // A day on which only tagged conversions stand is no row of the other dimensions.
    private static List<string> Shared(List<string[]> rows, int[] columns) =>
        [
            .. rows.Where(row => columns.Skip(3).Any(i => row[i] is not ("0" or "")))
                .Select(row => PipeTable.Line(columns.Select(i => row[i]))),
        ];
}
