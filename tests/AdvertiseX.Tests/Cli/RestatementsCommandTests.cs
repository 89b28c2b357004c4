using AdvertiseX.Models;
using AdvertiseX.Tests.Ingestion;
using AdvertiseX.Tests.Models;

namespace AdvertiseX.Tests.Cli;

/// <summary><c>adx restatements</c> takes the names that it shows.</summary>
public sealed class RestatementsCommandTests
{
    private static readonly ModelCatalog Own = new([
        ModelFile.Parse(
            "prices",
            """
            -- Clicks of a campaign and what they cost.
            -- grain: campaign_id
            -- refresh: replace
            -- publish: cells
            -- input: clicks
            -- column: campaign_id string
            -- column: clicks long
            -- column: cost_micros long
            select campaign_id, count(*) as clicks, count(*) * 1500000 as cost_micros from clicks group by campaign_id
            """
        ),
    ]);

    [Fact]
    public async Task A_measure_is_given_as_the_table_or_the_csv_shows_it()
    {
        await using var lake = await FactLake.CreateAsync();
        lake.Catalog = Own;
        foreach (var click in (string[])["c1", "c2"])
        {
            await lake.AddAsync(
                "clicks",
                [
                    new()
                    {
                        ["event_id"] = click,
                        ["event_time"] = "2024-03-01 12:00:00",
                        ["user_id"] = "u",
                        ["campaign_id"] = "m1",
                    },
                ]
            );
            await lake.RunAsync("prices");
        }

        foreach (var name in (string[])["cost", "cost_micros"])
        {
            var (code, table, error) = await RunAsync(lake, "--measure", name);
            Assert.Equal((0, ""), (code, error));
            Assert.Matches(@"\bcost +1\.500000 +3\.000000\b", table);
            var (_, csv, _) = await RunAsync(lake, "--measure", name, "--format", "csv");
            Assert.Contains(",cost_micros,1500000,3000000,", csv, StringComparison.Ordinal);
            Assert.Equal(2, csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }

        var (_, both, _) = await RunAsync(lake, "--measure", "cost", "--measure", "clicks", "--format", "csv");
        Assert.Equal(3, both.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(
            (1, "", "adx: there is no measure 'clics'; did you mean clicks?\n"),
            await RunAsync(lake, "--model", "prices", "--measure", "clics")
        );
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(FactLake lake, params string[] options) =>
        CliRun.RunAsync(["restatements", "--lake", Path.Combine(lake.Folder, "lake"), .. options]);
}
