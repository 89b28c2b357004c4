using AdvertiseX.Engines;
using AdvertiseX.Reports;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Reports;

public sealed class AuctionReportTests(AuctionReportTests.FilledLake filled)
    : IClassFixture<AuctionReportTests.FilledLake>
{
    private const string Input = """
        campaigns
        campaign_id | advertiser_id | campaign_name | time_zone     | currency
        shoes       | acme          | Shoes         | Europe/Berlin | EUR

        bid_requests
        event_id | event_time          | auction_id | campaign_id | won   | floor_cpm_micros | bid_cpm_micros | clearing_cpm_micros | ivt_reason
        r1       | 2024-03-01 22:59:00 | a1         | shoes       | true  | 500000           | 2000000        | 1500000             |
        r2       | 2024-03-01 23:01:00 | a2         | shoes       | false | 700000           | 2249999        |                     |
        r3       | 2024-03-01 23:02:00 | a3         | shoes       |       |                  | 2100000        |                     |
        r4       | 2024-03-01 23:03:00 | a4         | shoes       | true  |                  | 2250000        | 2000000             | data_centre
        r5       | 2024-03-01 23:04:00 | a5         | shoes       | true  |                  |                | 1000000             |
        r6       | 2024-03-01 23:05:00 | a6         | shoes       | false |                  | 250000000      |                     |
        r7       | 2024-03-01 23:06:00 | a7         | shoes       | false |                  | 19999          |                     |
        r8       | 2024-03-01 23:07:00 | a8         | shoes       |       |                  |                |                     |

        impressions
        event_id | event_time          | user_id | campaign_id | auction_id
        i1       | 2024-03-01 22:59:01 | ann     | shoes       | a1
        i4       | 2024-03-01 23:03:01 | bob     | shoes       | a4
        """;

    [Fact]
    public async Task Rates_and_prices_are_sums_by_sums()
    {
        var lake = await filled.Lake;
        // 8 requests, 7 bids, 6 of known outcome, 3 wins of which 2 shown; clearing (1.5 + 2 + 1) / 3; 0.5 and 0.25
        // above it.
        Assert.Equal(
            ["8 7 6 3 2 0.875 0.5 0.666667 0.333333 0.6 1.5 0.375"],
            await LinesAsync(
                lake,
                new() { Net = false },
                false,
                "requests",
                "bids",
                "known_bids",
                "wins",
                "shown",
                "bid_rate",
                "win_rate",
                "shown_rate",
                "lost_rate",
                "floor_cpm",
                "clearing_cpm",
                "bid_above_clearing_cpm"
            )
        );
        Assert.Equal(["7 2 1"], await LinesAsync(lake, new() { Net = true }, false, "requests", "wins", "shown"));
    }

    [Fact]
    public async Task Days_are_those_of_the_campaign()
    {
        var lake = await filled.Lake;
        Assert.Equal(
            ["2024-03-01 1 1", "2024-03-02 7 1"],
            await LinesAsync(lake, new() { Net = false, By = ReportPeriod.Day }, false, "day", "requests", "shown")
        );
        Assert.Equal(
            ["2024-03-02 7"],
            await LinesAsync(
                lake,
                new()
                {
                    Net = false,
                    By = ReportPeriod.Day,
                    From = new DateOnly(2024, 3, 2),
                    Campaigns = ["shoes"],
                },
                false,
                "day",
                "requests"
            )
        );
    }

    [Fact]
    public async Task The_landscape_has_bids_by_bands_of_price()
    {
        var lake = await filled.Lake;
        Assert.Equal(
            ["0.01 1 1 0 0 ", "2 3 2 1 0.5 1.5", "2.25 1 1 1 1 2", "100 1 1 0 0 "],
            await LinesAsync(
                lake,
                new() { Net = false },
                true,
                "from_cpm",
                "bids",
                "known_bids",
                "wins",
                "win_rate",
                "clearing_cpm"
            )
        );
        Assert.Equal(
            ["0.01 1", "2 2", "100 1"],
            await LinesAsync(lake, new() { Net = true, From = new DateOnly(2024, 3, 2) }, true, "from_cpm", "bids")
        );
    }

    private static async Task<List<string>> LinesAsync(
        FactLake lake,
        PerformanceReportOptions options,
        bool landscape,
        params string[] columns
    )
    {
        using var result = landscape
            ? await AuctionReport.ReadLandscapeAsync(lake.Engine, lake.Lake, options)
            : await AuctionReport.ReadAsync(lake.Engine, lake.Lake, options);
        var at = columns
            .Select(name =>
                result
                    .Columns.Select((column, index) => (column.Name, index))
                    .Single(column => column.Name == name)
                    .index
            )
            .ToList();
        var lines = new List<string>();
        while (result.Read())
            lines.Add(string.Join(' ', at.Select(column => Cell(result, column))));
        return lines;
    }

    private static string Cell(QueryResult result, int column)
    {
        if (result.IsNull(column))
            return "";
        return result.Columns[column].Name == "day"
            ? result.GetDate(column).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)
            : result.GetDouble(column).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public sealed class FilledLake : SharedLake
    {
        private protected override async Task<FactLake> FillAsync()
        {
            var lake = await FactLake.CreateAsync();
            var tables = PipeTable.Parse(Input);
            await lake.DescribeAsync(tables[0]);
            foreach (var table in tables.Skip(1))
                await lake.AddAsync(table.Name, table.Records());
            await lake.RunAsync("auctions", "bid_landscape");
            return lake;
        }
    }
}
