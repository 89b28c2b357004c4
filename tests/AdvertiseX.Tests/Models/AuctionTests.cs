using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

/// <summary>Auction → impression against the plain way, for random auctions, at once, in late batches, in small
/// portions and after an erasure.</summary>
public sealed class AuctionTests
{
    private static readonly string[] Shown = ["link", "request_id", "impression_id"];

    [Theory]
    [InlineData(1, 40, Explicit = true)]
    [InlineData(2, 12, Explicit = true)]
    [InlineData(3, 80, Explicit = true)]
    public async Task Pairs_are_those_of_the_plain_way(int seed, int requests)
    {
        var facts = RandomAuctions.Create(new Random(seed), requests);
        await using var lake = await FilledAsync(facts);
        await lake.RunAsync("auctions");
        var (pairs, won, shown) = RandomAuctions.Link(facts);
        var links = await lake.RowsAsync("auction_links", Shown);
        // Pairs are stored where there is more to say of them; every stored one has to be one, and every clicked one
        // stored.
        var all = pairs.Select(pair => $"pair | {pair.Request} | {pair.Impression}").ToHashSet();
        var clicked = await lake.RowsAsync("click_attribution", ["impression_id"]);
        Assert.All(
            links.Where(link => link.StartsWith("pair", StringComparison.Ordinal)),
            link => Assert.Contains(link, all)
        );
        Assert.All(
            pairs.Where(pair => clicked.Contains(pair.Impression)),
            pair => Assert.Contains($"pair | {pair.Request} | {pair.Impression}", links)
        );
        Assert.Equal(
            won.Select(id => $"no impression | {id} | ")
                .Concat(shown.Select(id => $"no request |  | {id}"))
                .Order(StringComparer.Ordinal),
            links.Where(link => !link.StartsWith("pair", StringComparison.Ordinal))
        );
        Assert.Equal(pairs.Count, (await lake.RowsAsync("auctions", ["shown"])).Sum(long.Parse));
    }

    [Theory]
    [InlineData(4, Explicit = true)]
    [InlineData(5, Explicit = true)]
    [InlineData(6, Explicit = true)]
    public async Task Late_batches_in_any_order_come_to_what_a_rebuild_gives(int seed)
    {
        var random = new Random(seed);
        var facts = RandomAuctions.Create(random, 40).ToArray();
        random.Shuffle(facts);
        await using var lake = await FactLake.CreateAsync();
        foreach (var batch in facts.Chunk(facts.Length / 6))
        {
            await AddAsync(lake, batch);
            await lake.RunAsync("auctions");
        }

        await AssertAsRebuiltAsync(lake, facts);
        Assert.Equal(
            ModelOutcome.Unchanged,
            (
                await lake.Runner()
                    .RunAsync(
                        lake.Lake,
                        ["auction_links"],
                        full: true,
                        cancellation: TestContext.Current.CancellationToken
                    )
            )[^1].Outcome
        );
    }

    [Theory]
    [InlineData(false, Explicit = true)]
    [InlineData(true, Explicit = true)]
    public async Task Neither_late_batches_nor_portions_nor_an_erased_user_leave_a_trace(bool atEachStep)
    {
        var random = new Random(7);
        var facts = RandomAuctions.Create(random, 40).ToArray();
        random.Shuffle(facts);
        await using var lake = await FactLake.CreateAsync();
        var options = new ModelRunnerOptions
        {
            ScratchDirectory = lake.Folder,
            ScreenedRowsAtOnce = 7,
            KeysAtOnce = 2,
        };
        var runner = new ModelRunner(lake.Engine, options: options);
        foreach (var batch in facts.Chunk(facts.Length / 2 + 1))
        {
            await AddAsync(lake, batch);
            await runner.RunAsync(lake.Lake, ["auctions"], cancellation: TestContext.Current.CancellationToken);
        }

        if (atEachStep)
            await AssertAsRebuiltAsync(lake, facts);

        // Requests of the erased user stay: nobody saw what they won.
        var kept = facts
            .Where(fact => fact.Table == "bid_requests" || fact.Record.GetValueOrDefault("user_id") != "u1")
            .ToList();
        foreach (var table in kept.GroupBy(fact => fact.Table).Where(table => table.Key != "bid_requests"))
            await lake.RewriteAsync(table.Key, table.Select(fact => fact.Record));
        var results = await runner.RunAsync(
            lake.Lake,
            ["auctions"],
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(ModelPlanKind.Incremental, results.Single(result => result.Model == "auction_links").Kind);
        await AssertAsRebuiltAsync(lake, kept);
    }

    [Fact(Explicit = true)]
    public async Task An_erased_user_leaves_requests_behind_that_nobody_saw()
    {
        var facts = RandomAuctions.Create(new Random(8), 40);
        await using var lake = await FilledAsync(facts);
        await lake.RunAsync("auctions");
        var kept = facts.Where(fact => fact.Record.GetValueOrDefault("user_id") != "u1").ToList();
        foreach (var table in kept.GroupBy(fact => fact.Table).Where(table => table.Key != "bid_requests"))
            await lake.RewriteAsync(table.Key, table.Select(fact => fact.Record));
        var results = await lake.RunAsync("auctions");
        Assert.Equal(ModelPlanKind.Incremental, results.Single(result => result.Model == "auction_links").Kind);
        await AssertAsRebuiltAsync(lake, kept);
    }

    [Fact]
    public async Task An_id_that_everything_has_is_no_auction()
    {
        var facts = Enumerable
            .Range(0, 300)
            .SelectMany(i =>
                ((string, Dictionary<string, string>)[])
                    [
                        (
                            "bid_requests",
                            new()
                            {
                                ["event_id"] = $"r{i}",
                                ["event_time"] = "2024-03-01 10:00:00",
                                ["auction_id"] = "same",
                                ["won"] = "true",
                            }
                        ),
                        (
                            "impressions",
                            new()
                            {
                                ["event_id"] = $"i{i}",
                                ["event_time"] = "2024-03-01 10:00:01",
                                ["auction_id"] = "same",
                            }
                        ),
                    ]
            )
            .ToList();
        await using var lake = await FilledAsync(facts);
        await lake.RunAsync("auctions");
        Assert.Equal(
            ["300 | 0 | 300 | 300"],
            await lake.RowsAsync("auctions", ["wins", "shown", "won_without_impression", "impressions_without_request"])
        );
    }

    private static async Task<FactLake> FilledAsync(
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        var lake = await FactLake.CreateAsync();
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

    private static async Task AssertAsRebuiltAsync(
        FactLake lake,
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        await using var whole = await FilledAsync(facts);
        await whole.RunAsync("auctions");
        Assert.NotEmpty(await whole.RowsAsync("auction_links"));
        foreach (var table in (string[])["auction_links", "auctions"])
            Assert.Equal(await whole.RowsAsync(table), await lake.RowsAsync(table));
    }
}
