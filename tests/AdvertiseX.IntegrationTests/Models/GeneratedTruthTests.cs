using AdvertiseX.Contracts;
using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Generation;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reference;
using AdvertiseX.Sources;
using AdvertiseX.Tests.Models.Naive;

namespace AdvertiseX.IntegrationTests.Models;

/// <summary>
/// Feeds whose truth is known, through the whole route: every click's impression, every conversion's touches and
/// credit, every campaign's day. The models come to it at once, and when clicks and conversions came before the
/// impressions.
/// </summary>
public sealed class GeneratedTruthTests
{
    // Each SELECT lists what differs from the truth; {lake} and {truth} are the folders.
    private const string Clicks = """
        SELECT coalesce(m.click_id, t.click_id) FROM read_parquet('{lake}/click_attribution/*/*.parquet') m
        FULL JOIN read_csv('{truth}/clicks.csv', all_varchar = true) t ON t.click_id = m.click_id
        WHERE m.click_id IS NULL OR t.click_id IS NULL OR m.impression_id IS DISTINCT FROM t.impression_id
          OR m.match_basis <> t.match_basis OR m.ivt_reason IS DISTINCT FROM t.invalid
        """;

    private static readonly string Credits = $$"""
        SELECT coalesce(m.conversion_id, t.conversion_id) FROM read_parquet('{lake}/conversion_attribution/*/*.parquet') m
        FULL JOIN read_csv('{truth}/credits.csv') t ON t.conversion_id = m.conversion_id AND t.touch_id = m.touch_id
        WHERE m.conversion_id IS NULL OR t.conversion_id IS NULL OR m.position <> t.position OR m.touches <> t.touches
          OR m.touch_kind <> t.touch_kind
        {{string.Concat(Credit.Names.Select(model => $"""
              OR m.{model}_millionths <> t.{model}_millionths OR m.{model}_revenue_micros IS DISTINCT FROM t.{model}_revenue_micros

            """))}}
        """;

    private const string Orders = """
        SELECT m.conversion_id FROM read_parquet('{lake}/conversion_attribution/*/*.parquet') m
        LEFT JOIN read_csv('{truth}/conversions.csv', all_varchar = true) t ON t.conversion_id = m.conversion_id
        WHERE m.adjusts_conversion_id IS NULL AND (t.duplicate_order IS NULL OR m.is_duplicate_order <> (t.duplicate_order = '1') OR m.ivt_reason IS DISTINCT FROM t.invalid
          OR (m.position = m.touches AND (t.last_touch <> m.touch_id OR t.campaign_id <> m.campaign_id)))
        """;

    private const string Campaigns = """
        SELECT coalesce(m.campaign_id, t.campaign_id) FROM read_parquet('{lake}/campaign_performance/*.parquet') m
        FULL JOIN read_csv('{truth}/campaigns.csv') t
          ON t.campaign_id = m.campaign_id AND t.local_date = m.local_date AND t.currency = m.currency
        WHERE m.campaign_id IS NULL OR t.campaign_id IS NULL
          OR m.impressions <> t.impressions OR m.net_impressions <> t.impressions - t.invalid_impressions
          OR m.clicks <> t.clicks OR m.net_clicks <> t.clicks - t.invalid_clicks OR m.tagged_conversions <> t.tagged_conversions
          OR m.click_conversions_by_conversion <> t.click_conversions_by_conversion
          OR m.view_conversions_by_conversion <> t.view_conversions_by_conversion
          OR m.click_conversions_by_interaction <> t.click_conversions_by_interaction
          OR m.view_conversions_by_interaction <> t.view_conversions_by_interaction
          OR m.net_click_conversions_by_conversion + m.net_view_conversions_by_conversion <> t.net_conversions_by_conversion
          OR m.revenue_by_conversion_micros <> t.revenue_by_conversion_micros
          OR m.revenue_by_interaction_micros <> t.revenue_by_interaction_micros
          OR m.media_cost_micros <> t.media_cost_micros OR coalesce(m.spend_micros, 0) <> t.spend_micros
          OR coalesce(m.gross_spend_micros, 0) <> t.gross_spend_micros
        """;

    // Requests for which nobody bid name no campaign.
    private const string Auctions = """
        SELECT coalesce(m.campaign_id, t.campaign_id)
        FROM (SELECT * FROM read_parquet('{lake}/auctions/*.parquet') WHERE bids > 0) m
        FULL JOIN read_csv('{truth}/auctions.csv') t
          ON t.campaign_id = m.campaign_id AND t.local_date = m.local_date AND t.currency = m.currency
        WHERE m.campaign_id IS NULL OR t.campaign_id IS NULL
          OR m.bids <> t.bids OR m.known_bids <> t.known_bids OR m.wins <> t.wins OR m.shown <> t.shown OR m.bid_cpm_micros <> t.bid_cpm_micros
        """;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Models_find_the_truth(ulong seed, bool actionsFirst)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("adx-truth-").FullName;
        try
        {
            var feeds = Path.Combine(folder, "feeds");
            await FeedGenerator.GenerateAsync(
                new GeneratorOptions
                {
                    OutputDirectory = feeds,
                    Impressions = 100_000,
                    Seed = seed,
                    ClickRate = 0.03,
                },
                cancellationToken: cancellation
            );
            using var lake = await DataLake.OpenAsync(
                Path.Combine(folder, "lake"),
                create: true,
                cancellation: cancellation
            );
            await new ReferenceLoader(lake).LoadAsync([Path.Combine(feeds, "reference")], cancellation);
            using var engine = new DuckDbEngine();
            var runner = new ModelRunner(engine);
            foreach (
                var names in actionsFirst
                    ? (string[][])
                        [
                            ["clicks_conversions"],
                            ["impressions"],
                            ["bid_requests"],
                        ]
                    :
                    [
                        ["clicks_conversions", "impressions", "bid_requests"],
                    ]
            )
            {
                await IngestAsync(lake, feeds, names, cancellation);
                await runner.RunAsync(lake, cancellation: cancellation);
            }

            Assert.All(
                (string[])[Clicks, Credits, Orders, Campaigns, Auctions],
                difference => Assert.Empty(Differences(lake, difference, folder))
            );
            await NaiveComparison.AgreeAsync(engine, lake);
            Assert.All(
                await runner.RunAsync(lake, full: true, cancellation: cancellation),
                result => Assert.Equal(ModelOutcome.Unchanged, result.Outcome)
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Bots that came late: every rule that looks around, and what it takes out of net figures
    /// everywhere.</summary>
    [Fact]
    public async Task Invalid_traffic_that_came_late_is_taken_out_of_every_answer()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("adx-bots-").FullName;
        try
        {
            var feeds = Path.Combine(folder, "feeds");
            await FeedGenerator.GenerateAsync(
                new GeneratorOptions
                {
                    OutputDirectory = feeds,
                    Impressions = 20_000,
                    Seed = 3,
                    ClickRate = 0.03,
                },
                cancellationToken: cancellation
            );
            await InjectedTraffic.WriteAsync(Path.Combine(folder, "bots"), seed: 3);
            using var lake = await DataLake.OpenAsync(
                Path.Combine(folder, "lake"),
                create: true,
                cancellation: cancellation
            );
            await new ReferenceLoader(lake).LoadAsync([Path.Combine(feeds, "reference")], cancellation);
            using var engine = new DuckDbEngine();
            var runner = new ModelRunner(engine);
            foreach (var root in (string[])[feeds, Path.Combine(folder, "bots")])
            {
                await IngestAsync(
                    lake,
                    root,
                    Directory
                        .GetDirectories(root)
                        .Select(each => Path.GetFileName(each)!)
                        .Except(["reference", "truth"]),
                    cancellation
                );
                await runner.RunAsync(lake, cancellation: cancellation);
            }

            await NaiveComparison.AgreeAsync(engine, lake);
            var reasons = Differences(
                lake,
                "SELECT DISTINCT ivt_reason FROM read_parquet('{lake}/invalid_traffic/*.parquet')",
                folder
            );
            Assert.Equal(
                [
                    "click_rate",
                    "click_too_soon",
                    "conversion_too_soon",
                    "impression_rate",
                    "invalid_impression",
                    "repeated_click",
                ],
                reasons.Order(StringComparer.Ordinal)
            );
            Assert.All(
                await runner.RunAsync(lake, full: true, cancellation: cancellation),
                result => Assert.Equal(ModelOutcome.Unchanged, result.Outcome)
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task IngestAsync(
        DataLake lake,
        string root,
        IEnumerable<string> feeds,
        CancellationToken cancellation
    )
    {
        var sources = new SourceCatalog(ContractFile.Shipped).Find(feeds.Select(feed => Path.Combine(root, feed)));
        await new EventPipeline(new IngestEnvironment(lake) { Options = new() { CommitUnitBytes = 8 << 20 } }).RunAsync(
            sources,
            null,
            cancellation
        );
    }

    private static List<string> Differences(DataLake lake, string select, string folder)
    {
        // Only live files: those that a later run replaced are still there.
        foreach (var table in lake.Tables)
        {
            foreach (var depth in (string[])["*/*.parquet", "*.parquet"])
            {
                var live = string.Join(", ", table.FilesOf(table.Delta.Latest).Select(file => $"'{file.Address}'"));
                select = select.Replace(
                    $"read_parquet('{{lake}}/{table.Name}/{depth}')",
                    $"read_parquet([{live}], hive_partitioning = true)",
                    StringComparison.Ordinal
                );
            }
        }

        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var result = connection.Query(
            select.Replace("{truth}", Path.Combine(folder, "feeds", "truth"), StringComparison.Ordinal)
        );
        var rows = result.Rows();
        var differing = new List<string>();
        while (rows.Read())
            differing.Add(rows.GetString(0));
        return differing;
    }
}
