using System.Text.Json;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Cli;

/// <summary>What <c>adx explain</c> and <c>adx what-if</c> print.</summary>
public sealed class ExplainTests(ExplainTests.FilledLake filled) : IClassFixture<ExplainTests.FilledLake>
{
    private const string Facts = """
        impressions
        event_id | event_time          | user_id | campaign_id | creative_id
        i1       | 2024-03-10 09:30:00 | ann     | shoes       | cr1

        clicks
        event_id | event_time          | user_id | campaign_id | creative_id | ivt_reason
        c1       | 2024-03-08 10:00:00 | ann     | shoes       | cr1         | declared_bot
        c2       | 2024-01-30 09:59:59 | ann     | shoes       | cr1         |
        c3       | 2024-03-10 11:00:00 | ann     | shoes       | cr1         |

        conversions
        event_id | event_time          | user_id | campaign_id | conversion_type | order_id | revenue_micros
        v0       | 2024-03-10 09:00:00 | bob     | shoes       | purchase        | o1       | 1000000
        v1       | 2024-03-10 10:00:00 | ann     | shoes       | purchase        | o1       | 4500000
        """;

    [Fact]
    public async Task A_conversion_is_told_with_its_verdicts_and_why_others_lost()
    {
        var lake = await filled.Lake;
        var (code, output, error) = await CliRun.RunAsync(
            "explain",
            "conversion",
            "v1",
            "--lake",
            Path.Combine(lake.Folder, "lake")
        );

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith(
            """
            conversion v1: purchase, order o1, revenue 4.50 EUR
              time        2024-03-10 10:00:00 UTC, 2024-03-10 11:00:00 +01:00 in Europe/Berlin
              campaign    shoes (Shoes)
              advertiser  acme
              user        ann
              verdict     duplicate order: repeats that of v0, counts in gross only

            1 eligible click, 3 lost

            """.ReplaceLineEndings("\n"),
            output,
            StringComparison.Ordinal
        );
        var lines = output.Split('\n').Where(line => line.StartsWith("2024-", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["c2", "c1", "i1", "c3"],
            lines.Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[2].Trim())
        );
        Assert.EndsWith("outside the window of 30 d of campaign shoes", lines[0], StringComparison.Ordinal);
        Assert.Contains("100 %  4.50", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("eligible; invalid (declared_bot): earns nothing in net", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("a click is eligible, so views do not count", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("after the conversion", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_every_candidate_exact()
    {
        var lake = await filled.Lake;
        var (code, output, _) = await CliRun.RunAsync(
            "explain",
            "conversion",
            "v1",
            "--lake",
            Path.Combine(lake.Folder, "lake"),
            "--json"
        );

        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal("v0", json.RootElement.GetProperty("conversion").GetProperty("duplicate_order_of").GetString());
        Assert.True(json.RootElement.GetProperty("is_published").GetBoolean());
        var click = json
            .RootElement.GetProperty("candidates")
            .EnumerateArray()
            .Single(touch => touch.GetProperty("touch_id").GetString() == "c1");
        Assert.Equal(172_800_000_000, click.GetProperty("micros_before_conversion").GetInt64());
        var credit = click.GetProperty("credits").GetProperty("last_touch");
        Assert.Equal(
            (1_000_000, 0),
            (credit.GetProperty("millionths").GetInt32(), credit.GetProperty("net_millionths").GetInt32())
        );
        Assert.Equal("outside_window", json.RootElement.GetProperty("candidates")[0].GetProperty("lost").GetString());
    }

    [Fact]
    public async Task An_id_that_is_not_there_is_one_line_and_1()
    {
        var lake = await filled.Lake;
        var (code, output, error) = await CliRun.RunAsync(
            "explain",
            "conversion",
            "nope",
            "--lake",
            Path.Combine(lake.Folder, "lake")
        );

        Assert.Equal((1, ""), (code, output));
        Assert.Equal("adx: no conversion has the id nope; ids are the column event_id of conversions\n", error);
    }

    [Fact]
    public async Task What_if_says_its_rules_and_shows_both_sides()
    {
        var lake = await filled.Lake;
        var (code, output, error) = await CliRun.RunAsync(
            "what-if",
            "--click-window",
            "1d",
            "--view-window",
            "0",
            "--gross",
            "--lake",
            Path.Combine(lake.Folder, "lake")
        );

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith(
            "2024-03-10 in Europe/Berlin, gross, last touch by conversion date; today → clicks earn for 1 d, no view-through\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\nshoes Shoes  EUR          1 → 0             0        1 → 0     -1  -100.0 %  4.50 → 0.00  -4.50  -100.0 %       0     1\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("\ntotal        EUR ", output, StringComparison.Ordinal);

        var (_, json, _) = await CliRun.RunAsync(
            "what-if",
            "--click-window",
            "1d",
            "--gross",
            "--lake",
            Path.Combine(lake.Folder, "lake"),
            "--json"
        );
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal(
            86_400_000_000,
            parsed.RootElement.GetProperty("rules").GetProperty("click_window_micros").GetInt64()
        );
        // Without the click the view of half an hour before earns.
        Assert.Equal(
            1_000_000,
            parsed
                .RootElement.GetProperty("totals")[0]
                .GetProperty("other")
                .GetProperty("view_conversions_millionths")
                .GetInt64()
        );
    }

    public sealed class FilledLake : SharedLake
    {
        private protected override async Task<FactLake> FillAsync()
        {
            var lake = await FactLake.CreateAsync();
            await lake.DescribeAsync(
                PipeTable.Parse(
                    """
                    campaigns
                    campaign_id | advertiser_id | campaign_name | time_zone     | currency
                    shoes       | acme          | Shoes         | Europe/Berlin | EUR
                    """
                )
            );
            foreach (var table in PipeTable.Parse(Facts))
                await lake.AddAsync(table.Name, table.Records());
            await lake.RunAsync("conversion_attribution");
            return lake;
        }
    }
}
