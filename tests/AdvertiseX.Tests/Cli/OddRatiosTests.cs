using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Cli;

/// <summary>Ratios that are right and look wrong are explained where they are printed.</summary>
public sealed class OddRatiosTests
{
    [Fact]
    public async Task A_cvr_over_100_percent_and_a_cpa_by_interaction_date_are_explained()
    {
        await using var lake = await FactLake.CreateAsync();
        var tables = PipeTable.Parse(
            """
            campaigns
            campaign_id | currency
            shoes       | EUR

            campaign_rates
            campaign_id | pricing_model | rate
            shoes       | cpa           | 5

            clicks
            event_id | event_time          | user_id | campaign_id
            c1       | 2024-03-01 10:00:00 | ann     | shoes
            c2       | 2024-03-02 10:00:00 | bob     | shoes

            conversions
            event_id | event_time          | user_id | campaign_id | conversion_type
            v1       | 2024-03-01 11:00:00 | ann     | shoes       | purchase
            v2       | 2024-03-01 12:00:00 | ann     | shoes       | purchase
            """
        );
        await lake.DescribeAsync([.. tables.Take(2)]);
        foreach (var table in tables.Skip(2))
            await lake.AddAsync(table.Name, table.Records());
        await lake.RunAsync("campaign_performance", "attribution_credits");

        Assert.Equal(
            "adx: a CVR over 100 % is no fault: a click can earn several conversions, and conversions count on their own day, not on that of their click\n",
            await SaidAsync("--to 2024-03-01")
        );
        Assert.Equal(
            """
            adx: a CVR over 100 % is no fault: a click can earn several conversions, and conversions count on the day of their click
            adx: CPA by interaction date is not the rate of a campaign that pays by action: it pays on the day of the conversion

            """.ReplaceLineEndings("\n"),
            await SaidAsync("--to 2024-03-01 --dates interaction")
        );
        Assert.Equal("", await SaidAsync("--from 2024-03-02"));

        async Task<string> SaidAsync(string options)
        {
            var folder = Path.Combine(lake.Folder, "lake");
            var (code, _, error) = await CliRun.RunAsync([.. $"report campaigns {options} --lake".Split(' '), folder]);
            Assert.Equal(0, code);
            return error;
        }
    }
}
