using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

/// <summary>Sums beyond 64 bits: named, and gone again when what they are made of goes.</summary>
public sealed class MoneySumsTests
{
    private static readonly string[] Columns =
    [
        "dimension",
        "creative_id",
        "clicks",
        "media_cost_micros",
        "gross_spend_micros",
        "spend_micros",
    ];

    // Three clicks of no creative cost more than a cell holds. Impressions that come later tell the creatives of two:
    // what is left is a number like any other.
    [Fact(Explicit = true)]
    public async Task What_moves_out_of_a_sum_beyond_64_bits_leaves_what_a_rebuild_gives()
    {
        await using var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(
            """
            clicks
            event_id | event_time          | user_id | campaign_id | cost_micros         | currency
            c1       | 2024-03-01 10:00:00 | ann     | shoes       | 5000000000000000000 | EUR
            c2       | 2024-03-01 10:00:00 | bob     | shoes       | 5000000000000000000 | EUR
            c3       | 2024-03-01 10:00:00 | cid     | shoes       | 5000000000000000000 | EUR

            impressions
            event_id | event_time          | user_id | campaign_id | creative_id
            i1       | 2024-03-01 09:00:00 | ann     | shoes       | cr1
            i2       | 2024-03-01 09:00:00 | bob     | shoes       | cr2
            """
        );
        await lake.AddAsync("clicks", tables[0].Records());
        var first = await lake.RunAsync("performance");
        Assert.Contains(
            first.SelectMany(result => result.Warnings),
            line =>
                line.StartsWith(
                    "performance_rollup: a sum is beyond 64 bits, the nearest number stands for it: click_cost_micros of ",
                    StringComparison.Ordinal
                )
        );
        await lake.AddAsync("impressions", tables[1].Records());
        var second = await lake.RunAsync("performance");
        Assert.Equal(ModelPlanKind.Full, second.Single(result => result.Model == "performance_rollup").Kind);
        var rows = await lake.RowsAsync("performance", Columns);
        Assert.Contains(
            "creative | (unknown) | 1 | 5000000000000000000 | 5000000000000000000 | 5000000000000000000",
            rows
        );

        await lake.Runner()
            .RunAsync(lake.Lake, ["performance"], full: true, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(rows, await lake.RowsAsync("performance", Columns));
    }
}
