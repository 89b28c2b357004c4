using System.Globalization;
using AdvertiseX.Models;
using NodaTime;

namespace AdvertiseX.Tests.Models;

/// <summary>Segments and features beside a count that takes one user and one day at a time, and beside a
/// rebuild.</summary>
public sealed class FeatureModelsTests
{
    private static readonly string[] Marts =
    [
        "segments",
        "user_performance",
        "user_features",
        "ad_features",
        "context_features",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2, Explicit = true)]
    [InlineData(3, Explicit = true)]
    public async Task Each_day_of_each_user_has_the_segment_that_counting_gives(int seed)
    {
        // Of clicks and conversions a few: else nobody is ever less than a clicker.
        var facts = Traffic(seed, 160).Where((fact, n) => fact.Table == "impressions" || n % 12 == 0).ToList();
        await using var lake = await FilledAsync(facts);
        await lake.RunAsync("segments");
        var events = await EventsAsync(lake, facts);
        var days = new Dictionary<(string User, DateOnly Day), string>();
        foreach (var row in await lake.RowsAsync("segments", ["user_key", "valid_from", "valid_to", "segment"]))
        {
            var cells = row.Split(" | ");
            for (var day = Date(cells[1]); day <= Date(cells[2]); day = day.AddDays(1))
                days.Add((cells[0], day), cells[3]);
        }

        foreach (var user in events.Select(each => each.User).Distinct())
        {
            for (var day = new DateOnly(2024, 3, 1); day < new DateOnly(2024, 7, 1); day = day.AddDays(1))
                Assert.Equal(
                    (user, day, SegmentOf(events, user, day)),
                    (user, day, days.GetValueOrDefault((user, day), "new"))
                );
        }

        Assert.Equal(
            ["clicker", "converter", "engaged", "exposed"],
            days.Values.Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(4, Explicit = true)]
    [InlineData(5, Explicit = true)]
    public async Task Each_user_has_the_features_that_counting_gives(int seed)
    {
        await using var lake = await FilledAsync(Traffic(seed, 80));
        await lake.RunAsync("user_features");
        var expected = (await EventsAsync(lake, Traffic(seed, 80)))
            .GroupBy(each => each.User)
            .Select(user =>
                PipeTable.Line([
                    user.Key,
                    Count(user, "impressions", false),
                    Count(user, "impressions", true),
                    Count(user, "clicks", false),
                    Count(user, "clicks", true),
                    Count(user, "conversions", false),
                    Count(user, "conversions", true),
                    Text(user.Select(each => each.Day).Distinct().Count()),
                    Text(user.Min(each => each.Day)),
                    Text(user.Max(each => each.Day)),
                ])
            );
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            await lake.RowsAsync(
                "user_features",
                [
                    "user_key",
                    "impressions",
                    "net_impressions",
                    "clicks",
                    "net_clicks",
                    "conversions",
                    "net_conversions",
                    "active_days",
                    "first_active_date",
                    "last_active_date",
                ]
            )
        );
    }

    [Theory(Explicit = true)]
    [InlineData(6)]
    [InlineData(7)]
    public async Task Late_batches_and_an_erased_user_come_to_what_a_rebuild_gives(int seed)
    {
        var facts = Traffic(seed, 50).ToArray();
        new Random(seed).Shuffle(facts);
        await using var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(RandomTraffic.Described);
        foreach (var batch in facts.Chunk(facts.Length / 3))
        {
            await AddAsync(lake, batch);
            await lake.RunAsync(Marts);
        }

        await using var whole = await FilledAsync(facts);
        await whole.RunAsync(Marts);
        await AssertSameAsync(whole, lake);

        var kept = facts.Where(fact => fact.Record.GetValueOrDefault("user_id") != "u1").ToList();
        foreach (var table in kept.GroupBy(fact => fact.Table))
            await lake.RewriteAsync(table.Key, table.Select(fact => fact.Record));
        var results = await lake.RunAsync(Marts);
        Assert.All(
            results.Where(result => result.Model is "segments" or "user_features"),
            result => Assert.Equal(ModelPlanKind.Incremental, result.Kind)
        );
        await using var without = await FilledAsync(kept);
        await without.RunAsync(Marts);
        await AssertSameAsync(without, lake);
    }

    [Fact(Explicit = true)]
    public async Task Segments_audiences_and_contexts_add_up_to_their_campaigns()
    {
        await using var lake = await FilledAsync(Traffic(8, 120));
        await lake.RunAsync("user_performance", "context_features", "campaign_performance");
        var known = ModelCatalog
            .Shipped.Find("user_performance")
            .Columns.Select(column => column.Name)
            .Except(["dimension", "segment", "age_band", "gender", "is_foreign"])
            .ToList();
        var campaigns = Summed(await lake.RowsAsync("campaign_performance", known));
        foreach (var dimension in (string[])["segment", "audience"])
            Assert.Equal(
                campaigns,
                Summed(await lake.RowsAsync("user_performance", known, $"where dimension = '{dimension}'"))
            );
        Assert.Contains(
            "(unknown)",
            string.Join('\n', await lake.RowsAsync("user_performance", ["segment"])),
            StringComparison.Ordinal
        );

        // Every impression and every matched click is in one context.
        var contexts = Assert.Single(
            await lake.RowsAsync(
                "context_features",
                ["sum(impressions)", "sum(net_impressions)", "sum(clicks)", "sum(net_clicks)"]
            )
        );
        var clicks = await lake.RowsAsync(
            "click_attribution",
            ["count(*)", "count(case when ivt_reason is null then 1 end)", "match_basis = 'unmatched'"],
            "group by 3"
        );
        var matched = clicks.Single(line => line.EndsWith("false", StringComparison.Ordinal)).Split(" | ");
        var impressions = Assert.Single(
            await lake.RowsAsync(
                "performance",
                ["sum(impressions)", "sum(net_impressions)"],
                "where dimension = 'campaign'"
            )
        );
        Assert.Equal($"{impressions} | {matched[0]} | {matched[1]}", contexts);
    }

    [Fact]
    public async Task Users_of_another_month_stay_in_the_files_that_they_are_in()
    {
        await using var lake = await FactLake.CreateAsync();
        await AddAsync(
            lake,
            [Impression("i1", "2024-01-05 10:00:00", "1"), Impression("i2", "2024-03-05 10:00:00", "2")]
        );
        await lake.RunAsync("segments", "user_features");
        var before = FilesOf(lake);
        await AddAsync(lake, [Impression("i3", "2024-03-07 10:00:00", "2")]);
        await lake.RunAsync("segments", "user_features");
        var kept = FilesOf(lake).Intersect(before).ToList();
        Assert.Equal(["segments 2024-01-01", "user_features 2024-01-01"], kept.Select(file => file.Name));
        Assert.Equal(4, before.Count);
        Assert.Contains(
            "2 | 2024-03-06 | 2024-04-06 | exposed",
            await lake.RowsAsync("segments", ["user_key", "valid_from", "valid_to", "segment"])
        );
    }

    [Fact]
    public async Task Users_described_anew_are_other_audiences()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync(
            "impressions",
            [
                new()
                {
                    ["event_id"] = "i1",
                    ["event_time"] = "2024-03-05 10:00:00",
                    ["user_id"] = "ann",
                },
            ]
        );
        string[] models = ["user_features", "user_performance_rollup"];
        await lake.RunAsync(models);
        await DescribeAsync("25-34", "25-34 | 1");
        await DescribeAsync("", "(unknown) | 1");

        async Task DescribeAsync(string age, string expected)
        {
            await lake.DescribeAsync(
                new PipeTable(
                    "users",
                    ["user_id", "age_band"],
                    [
                        ["ann", age],
                    ]
                )
            );
            await lake.RunAsync(models);
            Assert.Equal([$"{age} | 1"], await lake.RowsAsync("user_features", ["age_band", "impressions"]));
            Assert.Equal(
                [expected],
                await lake.RowsAsync(
                    "user_performance_rollup",
                    ["age_band", "sum(impressions)"],
                    "where dimension = 'audience' group by age_band having sum(impressions) <> 0"
                )
            );
        }
    }

    private static string SegmentOf(IReadOnlyList<Event> events, string user, DateOnly day)
    {
        var before = events
            .Where(each => each.User == user && each.IsValid && each.Day < day && each.Day >= day.AddDays(-30))
            .ToLookup(each => each.Table);
        return before["conversions"].Any() ? "converter"
            : before["clicks"].Any() ? "clicker"
            : before["impressions"].Count() >= 10 ? "engaged"
            : before["impressions"].Any() ? "exposed"
            : "new";
    }

    /// <summary>What users saw and did; the verdicts on clicks and conversions, and the campaigns of clicks, are those
    /// of their models.</summary>
    private static async Task<List<Event>> EventsAsync(
        FactLake lake,
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        var clicks = (await lake.RowsAsync("click_attribution", ["click_id", "campaign_id", "ivt_reason"]))
            .Select(row => row.Split(" | "))
            .ToDictionary(row => row[0]);
        var invalid = (await lake.RowsAsync("conversion_attribution", ["conversion_id", "ivt_reason"]))
            .Select(row => row.Split(" | "))
            .Where(row => row[1] != "")
            .Select(row => row[0])
            .ToHashSet();
        return
        [
            .. facts
                .Where(fact => fact.Record.ContainsKey("user_key") && !fact.Record.ContainsKey("is_adjustment"))
                .Select(fact => Of(fact.Table, fact.Record)),
        ];

        Event Of(string table, Dictionary<string, string> record)
        {
            var id = record["event_id"];
            var valid =
                table == "clicks" ? clicks[id][2] == "" : !record.ContainsKey("ivt_reason") && !invalid.Contains(id);
            var campaign = table == "clicks" ? clicks[id][1] : record.GetValueOrDefault("campaign_id");
            if (table == "impressions")
                campaign ??= record["creative_id"] is "r0" or "r1" ? "m" + record["creative_id"][1..] : null;
            return new Event(table, record["user_key"], LocalDate(record["event_time"], campaign), valid);
        }
    }

    private static DateOnly LocalDate(string time, string? campaign)
    {
        var zone = campaign switch
        {
            "m0" => "America/New_York",
            "m1" => "Asia/Kolkata",
            _ => "UTC",
        };
        var instant = Instant.FromDateTimeUtc(
            DateTime.SpecifyKind(DateTime.Parse(time, CultureInfo.InvariantCulture), DateTimeKind.Utc)
        );
        return instant.InZone(DateTimeZoneProviders.Tzdb[zone]).Date.ToDateOnly();
    }

    /// <summary>Random traffic over 80 days instead of five, so that windows begin and end; users have keys that
    /// read.</summary>
    private static List<(string Table, Dictionary<string, string> Record)> Traffic(int seed, int impressions)
    {
        var facts = RandomTraffic.Create(new Random(seed), impressions).ToList();
        var start = new DateTime(2024, 3, 2, 0, 0, 0, DateTimeKind.Unspecified);
        foreach (var (_, record) in facts)
        {
            var time = DateTime.Parse(record["event_time"], CultureInfo.InvariantCulture);
            record["event_time"] = (start + (time - start) * 16).ToString(
                "yyyy-MM-dd HH:mm:ss",
                CultureInfo.InvariantCulture
            );
            if (record.TryGetValue("user_id", out var user))
                record["user_key"] = user[1..];
        }

        return facts;
    }

    private static async Task<FactLake> FilledAsync(
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(RandomTraffic.Described);
        await AddAsync(lake, facts);
        return lake;
    }

    private static async Task AddAsync(
        FactLake lake,
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        foreach (var table in facts.GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
    }

    private static (string Table, Dictionary<string, string> Record) Impression(string id, string time, string user) =>
        (
            "impressions",
            new()
            {
                ["event_id"] = id,
                ["event_time"] = time,
                ["user_id"] = "u" + user,
                ["user_key"] = user,
            }
        );

    private static async Task AssertSameAsync(FactLake expected, FactLake actual)
    {
        foreach (var mart in Marts)
            Assert.Equal(await expected.RowsAsync(mart), await actual.RowsAsync(mart));
    }

    private static List<(string Name, string Path)> FilesOf(FactLake lake) =>
        [
            .. lake
                .Lake.Tables.Where(table => table.Name is "segments" or "user_features")
                .SelectMany(table =>
                    table.Delta.Latest.Files.Values.Select(file =>
                        ($"{table.Name} {file.EventDate:yyyy-MM-dd}", file.Path)
                    )
                )
                .Order(),
        ];

    /// <summary>Rows of campaign, day, currency and numbers, added up.</summary>
    private static List<string> Summed(IEnumerable<string> rows) =>
        [
            .. rows.Select(row => row.Split(" | "))
                .GroupBy(cells => PipeTable.Line(cells[..3]))
                .Select(cell =>
                    PipeTable.Line(
                        Enumerable
                            .Range(3, cell.First().Length - 3)
                            .Select(i =>
                                cell.All(cells => cells[i] == "")
                                    ? ""
                                    : Text(
                                        cell.Sum(cells =>
                                            cells[i] == "" ? 0 : long.Parse(cells[i], CultureInfo.InvariantCulture)
                                        )
                                    )
                            )
                            .Prepend(cell.Key)
                    )
                )
                .Order(StringComparer.Ordinal),
        ];

    private static string Count(IEnumerable<Event> events, string table, bool valid) =>
        Text(events.Count(each => each.Table == table && (each.IsValid || !valid)));

    private static string Text(IFormattable value) =>
        value.ToString(value is DateOnly ? "yyyy-MM-dd" : null, CultureInfo.InvariantCulture);

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Event(string Table, string User, DateOnly Day, bool IsValid);
}
