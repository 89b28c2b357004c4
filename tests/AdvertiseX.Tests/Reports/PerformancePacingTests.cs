using System.Globalization;
using AdvertiseX.Reports;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reports;

public sealed class PerformancePacingTests(PerformancePacingTests.FilledLake filled)
    : IClassFixture<PerformancePacingTests.FilledLake>
{
    private const string Input = """
        campaigns
        campaign_id | time_zone     | budget | start_date | end_date
        berlin      | Europe/Berlin | 0.01   | 2024-03-31 | 2024-03-31
        beirut      | Asia/Beirut   | 0.01   | 2024-03-31 | 2024-03-31
        two-days    |               | 0.01   | 2024-03-31 | 2024-04-01
        over        |               | 0.01   | 2024-03-01 | 2024-03-10
        later       |               | 0.01   | 2024-04-01 | 2024-04-10
        endless     |               | 0.01   | 2024-03-01 |
        no-budget   |               |        | 2024-03-01 | 2024-03-10
        free        |               | 0.01   | 2024-03-01 | 2024-03-10

        impressions
        event_id | event_time          | received_time       | campaign_id | cost_micros
        i1       | 2024-03-31 09:00:00 | 2024-03-31 09:30:00 | berlin      | 4000
        i2       | 2024-03-30 23:00:00 | 2024-03-31 09:30:00 | beirut      | 1000
        i3       | 2024-03-31 09:00:00 | 2024-03-31 09:30:00 | two-days    | 1000
        i4       | 2024-03-29 09:00:00 | 2024-03-31 09:30:00 | two-days    | 7000
        i5       | 2024-03-02 09:00:00 | 2024-03-31 09:30:00 | over        | 1000
        i6       | 2024-03-02 09:00:00 | 2024-03-31 09:30:00 | later       | 1000
        i7       | 2024-03-02 09:00:00 | 2024-03-31 09:30:00 | endless     | 1000
        i8       | 2024-03-02 09:00:00 | 2024-03-31 09:30:00 | no-budget   | 1000
        i9       | 2024-03-02 09:00:00 | 2024-03-31 09:30:00 | free        |

        clicks
        event_id | event_time          | received_time       | campaign_id
        c1       | 2024-03-02 09:00:00 | 2024-03-31 10:00:00 | over
        """;

    // The lake is fed to 10:00 UTC on the day on which Berlin and Beirut put their clocks forward, Beirut at midnight.
    [Theory]
    [InlineData("berlin", null, "0.004 0.4 0.478261 0.836364")] // 11 of 23 hours
    [InlineData("beirut", null, "0.001 0.1 0.521739 0.191667")] // 12 of 23, from 01:00 on
    [InlineData("two-days", null, "0.001 0.1 0.208333 0.48")] // 10 of 48; what it spent before its start does not count
    [InlineData("two-days", "2024-03-30", "  ")] // not begun
    [InlineData("two-days", "2024-04-07", "0.001 0.1 0.208333 0.48")] // the lake's end is earlier
    [InlineData("over", null, "0.001 0.1 1 0.1")]
    [InlineData("over", "2024-03-05", "0.001 0.1 0.5 0.2")]
    [InlineData("later", null, "  ")]
    [InlineData("endless", null, "0.001 0.1 ")]
    [InlineData("no-budget", null, "0.001  1 ")]
    [InlineData("free", null, "  1 ")]
    public async Task Pacing_counts_the_seconds_of_the_campaigns_clock(string campaign, string? to, string expected)
    {
        var lake = await filled.Lake;
        var options = new PerformanceReportOptions
        {
            Campaigns = [campaign],
            To = to is null ? null : DateOnly.ParseExact(to, "yyyy-MM-dd", CultureInfo.InvariantCulture),
            Pacing = true,
        };
        var cells = await PerformanceReportTests.CellsAsync(
            lake,
            options,
            "spent",
            "budget_share",
            "time_share",
            "pacing"
        );
        Assert.Equal(Trimmed(expected), Trimmed(Assert.Single(cells)));

        static string Trimmed(string row) =>
            string.Join(
                    ' ',
                    row.Split(' ')
                        .Select(cell =>
                            cell.Length == 0
                                ? ""
                                : decimal.Parse(cell, CultureInfo.InvariantCulture)
                                    .ToString("0.######", CultureInfo.InvariantCulture)
                        )
                )
                .TrimEnd();
    }

    // What came after the figures were computed is in neither side of pacing.
    [Fact(Explicit = true)]
    public async Task The_time_gone_is_that_of_the_facts_behind_the_figures()
    {
        await using var lake = await FilledAsync();
        await lake.AddAsync(
            "impressions",
            [
                new()
                {
                    ["event_id"] = "i10",
                    ["event_time"] = "2024-03-31 22:00:00",
                    ["campaign_id"] = "two-days",
                    ["cost_micros"] = "1000",
                },
            ]
        );
        var options = new PerformanceReportOptions { Campaigns = ["two-days"], Pacing = true };
        Assert.Equal(["0.208333"], await PerformanceReportTests.CellsAsync(lake, options, "time_share"));
        await lake.RunAsync("campaign_performance", "attribution_credits");
        Assert.Equal(["0.458333"], await PerformanceReportTests.CellsAsync(lake, options, "time_share"));
    }

    private static async Task<FactLake> FilledAsync()
    {
        var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(Input);
        await lake.DescribeAsync([tables[0]]);
        foreach (var table in tables.Skip(1))
            await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync("campaign_performance", "attribution_credits");
        return lake;
    }

    public sealed class FilledLake : SharedLake
    {
        private protected override Task<FactLake> FillAsync() => FilledAsync();
    }
}
