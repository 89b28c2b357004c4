using AdvertiseX.Lake;
using AdvertiseX.Reports.Explaining;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reports.Explaining;

public sealed class ConversionExplainerTests(ConversionExplainerTests.FilledLake filled)
    : IClassFixture<ConversionExplainerTests.FilledLake>
{
    // What each conversion of the golden case conversion-windows-and-ids could have come from, and more.
    private const string Input = """
        campaigns
        campaign_id | advertiser_id | campaign_name | time_zone     | currency | conversion_click_window | view_window
        shoes       | acme          | Shoes         | Europe/Berlin | EUR      |                         |
        hats        | acme          | Hats          |               | EUR      | 1h                      | 2h
        other       | rival         |               |               |          |                         |

        impressions
        event_id | event_time                 | user_id | campaign_id | ivt_reason
        i1       | 2024-03-09 12:00:00        | eve     | shoes       |
        i2       | 2024-03-09 11:59:59.999999 | eve     | shoes       |
        i3       | 2024-03-10 10:00:00        | eve     | hats        | declared_bot
        i4       | 2024-03-10 11:00:00        | ann     | shoes       |
        i5       | 2024-03-10 11:00:00        | eve     | other       |
        i6       | 2024-03-10 12:00:00.000001 | eve     | shoes       |
        i7       | 2024-01-05 12:00:00        | zoe     | shoes       |

        clicks
        event_id | event_time                 | user_id | campaign_id
        c1       | 2024-02-09 12:00:00        | ann     | shoes
        c2       | 2024-03-10 10:59:59.999999 | ann     | hats
        c3       | 2024-03-10 11:30:00        | someone | elsewhere
        c4       | 2024-03-10 11:30:00        | fay     | unheard

        conversions
        event_id | event_time          | user_id | campaign_id | conversion_type | order_id | revenue_micros | click_id | impression_id | stream_offset
        v1       | 2024-03-10 12:00:00 | ann     | shoes       | purchase        | o1       | 5000000        | c3       |              | 2
        v2       | 2024-03-10 12:00:00 | eve     | shoes       | purchase        |          |                | gone     | i7            | 3
        v3       | 2024-03-10 13:00:00 | fay     | shoes       | purchase        | o1       | 5000000        |          |              | 4
        v4       | 2024-03-10 12:00:00 |         | shoes       | signup          |          |                |          |              | 5
        v4       | 2024-03-30 12:00:00 |         | shoes       | signup          |          |                |          |              | 6
        """;

    [Theory(Explicit = true)]
    [InlineData(31, 60)]
    [InlineData(32, 60)]
    public async Task Eligible_are_the_rows_of_the_table_at_their_positions_for_every_conversion(
        int seed,
        int impressions
    )
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(RandomTraffic.Described);
        foreach (var table in RandomTraffic.Create(new Random(seed), impressions).GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
        await lake.RunAsync("conversion_attribution");
        var touches = (
            await lake.RowsAsync(
                "conversion_attribution",
                ["conversion_id", "position", "touch_kind", "touch_id", "last_touch_millionths"]
            )
        ).ToLookup(line => line.Split(" | ")[0]);
        var conversions = await lake.RowsAsync("conversions", ["event_id"], "where not is_adjustment");
        Assert.Equal(impressions / 4, conversions.Count);
        var losses = new HashSet<TouchLoss>();
        foreach (var id in conversions)
        {
            var explained = await ExplainAsync(lake, id);
            Assert.Equal(
                touches[id].Order(StringComparer.Ordinal),
                explained
                    .Candidates.Where(touch => touch.Lost is null)
                    .Select(touch =>
                        $"{id} | {touch.Position} | {touch.Kind} | {touch.Id} | {touch.Credits.Single(credit => credit.Model == "last_touch").Millionths}"
                    )
                    .Order(StringComparer.Ordinal)
            );
            Assert.True(explained.IsPublished);
            Assert.All(
                explained.Notes,
                note =>
                    Assert.Contains("which the conversion carries, is not in the lake", note, StringComparison.Ordinal)
            );
            losses.UnionWith(explained.Candidates.Select(touch => touch.Lost).OfType<TouchLoss>());
        }

        // The reasons told are those of the models: none is left unexplained.
        Assert.DoesNotContain(TouchLoss.OtherRule, losses);
        Assert.Superset(
            new HashSet<TouchLoss>
            {
                TouchLoss.AfterConversion,
                TouchLoss.OutsideWindow,
                TouchLoss.OtherAdvertiser,
                TouchLoss.ClicksBeatViews,
            },
            losses
        );
    }

    [Theory]
    [InlineData(
        "v1",
        "1 click c1 user |  click c2 user OutsideWindow |  view i4 user ClicksBeatViews | 2 click c3 carried"
    )]
    [InlineData(
        "v2",
        " view i7 carried OutsideWindow |  view i2 user OutsideWindow | 1 view i1 user | 2 view i3 user |  view i5 user OtherAdvertiser |  view i6 user AfterConversion"
    )]
    [InlineData("v3", " click c4 user OtherCampaign")]
    [InlineData("v4", "")]
    public async Task A_candidate_lost_for_the_first_reason_that_holds(string id, string expected)
    {
        var lake = await filled.Lake;
        var explained = await ExplainAsync(lake, id);
        Assert.Equal(
            expected,
            string.Join(
                " | ",
                explained.Candidates.Select(touch =>
                    $"{touch.Position} {touch.Kind} {touch.Id} {(touch.IsCarried ? "carried" : "user")} {touch.Lost}".TrimEnd()
                )
            )
        );
    }

    [Fact(Explicit = true)]
    public async Task A_conversion_is_shown_with_its_zone_its_order_and_what_it_carries_in_vain()
    {
        var lake = await filled.Lake;
        var first = await ExplainAsync(lake, "v1");
        Assert.Equal(
            (null, "Europe/Berlin", 13),
            (first.Conversion.DuplicateOf, first.Conversion.TimeZone, first.Conversion.LocalTime.Hour)
        );
        Assert.Equal(
            5_000_000,
            first.Candidates.Sum(touch =>
                touch.Credits.Sum(credit => credit.Model == "last_touch" ? credit.RevenueMicros : 0)
            )
        );
        Assert.Equal("v1", (await ExplainAsync(lake, "v3")).Conversion.DuplicateOf);
        var carrying = await ExplainAsync(lake, "v2");
        Assert.Equal(["the click gone, which the conversion carries, is not in the lake"], carrying.Notes);
        Assert.Equal("declared_bot", carrying.Candidates.Single(touch => touch.Id == "i3").IvtReason);
        Assert.Equal(
            0,
            carrying.Candidates.Single(touch => touch.Id == "i3").Credits.Sum(credit => credit.NetMillionths)
        );
    }

    [Fact]
    public async Task Another_user_with_the_same_key_is_told_apart()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("clicks", [Event("c1", "ann"), Event("c2", "bob")]);
        await lake.AddAsync("conversions", [Event("v1", "ann")]);
        await lake.RunAsync("conversion_attribution");
        var explained = await ExplainAsync(lake, "v1");
        Assert.Equal(["c2 OtherUser", "c1 "], explained.Candidates.Select(touch => $"{touch.Id} {touch.Lost}"));

        static Dictionary<string, string> Event(string id, string user) =>
            new()
            {
                ["event_id"] = id,
                ["event_time"] = "2024-03-10 12:00:00",
                ["user_id"] = user,
                ["user_key"] = "7",
                ["campaign_id"] = "m",
            };
    }

    [Fact(Explicit = true)]
    public async Task A_table_behind_the_facts_is_said_and_the_facts_are_shown()
    {
        await using var lake = await FilledAsync();
        await lake.AddAsync(
            "impressions",
            [
                new()
                {
                    ["event_id"] = "i8",
                    ["event_time"] = "2024-03-10 11:59:00",
                    ["user_id"] = "eve",
                    ["campaign_id"] = "shoes",
                },
            ]
        );
        var explained = await ExplainAsync(lake, "v2");
        Assert.False(explained.IsPublished);
        Assert.Equal(3, explained.Candidates.Single(touch => touch.Id == "i8").Position);
        Assert.Contains(explained.Notes, note => note == "figures are behind: impressions changed since (adx run)");
        Assert.Contains(
            explained.Notes,
            note =>
                note.StartsWith(
                    "conversion_attribution holds another answer for this conversion, of 2 touches",
                    StringComparison.Ordinal
                )
        );
        await lake.RunAsync("conversion_attribution");
        Assert.True((await ExplainAsync(lake, "v2")).IsPublished);
    }

    [Fact]
    public async Task What_is_not_there_is_said_in_a_line()
    {
        await using var lake = await FactLake.CreateAsync();
        Assert.Equal(
            "no conversion has the id v'1; ids are the column event_id of conversions",
            (await Assert.ThrowsAsync<LakeException>(() => ExplainAsync(lake, "v'1"))).Message
        );
        await lake.AddAsync("conversions", [new() { ["event_id"] = "v1", ["event_time"] = "2024-03-10 12:00:00" }]);
        Assert.Equal(
            "The lake has no click_attribution yet; adx run computes it.",
            (await Assert.ThrowsAsync<LakeException>(() => ExplainAsync(lake, "v1"))).Message
        );
    }

    private static Task<ConversionExplanation> ExplainAsync(FactLake lake, string id) =>
        ConversionExplainer.ReadAsync(lake.Engine, lake.Lake, id, cancellation: TestContext.Current.CancellationToken);

    private static async Task<FactLake> FilledAsync()
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(Input);
        await lake.DescribeAsync([tables[0]]);
        foreach (var table in tables.Skip(1))
            await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync("conversion_attribution");
        return lake;
    }

    public sealed class FilledLake : SharedLake
    {
        private protected override Task<FactLake> FillAsync() => FilledAsync();
    }
}
