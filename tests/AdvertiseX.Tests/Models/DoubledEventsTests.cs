using System.Globalization;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Tests.Models.Naive;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// An event id that is there twice counts once, in every model: the row that was processed first, however late it or
/// the others came to the models. A lake with copies has the marts of a lake without them.
/// </summary>
public sealed class DoubledEventsTests
{
    private static readonly string[] Kinds = ["impressions", "clicks", "conversions", "bid_requests"];

    public static IEnumerable<TheoryDataRow<int>> Worlds => Seeds.From(1, 24, 1);

    public static IEnumerable<TheoryDataRow<int>> Leaving => Seeds.From(101, 12, 1);

    /// <summary>Copies come before, with or after the row that counts, at any time, with any other
    /// values.</summary>
    [Theory]
    [MemberData(nameof(Worlds))]
    public async Task A_lake_with_doubled_ids_has_the_marts_of_one_without(int seed)
    {
        var random = new Random(seed);
        var described = RandomDescriptions.Create(random);
        var facts = WithCopies(RandomTraffic.Create(random, 60), random);
        // Half of the worlds are in the order of the ledger; in the others the row that counts may come last.
        var arriving = facts.ToArray();
        if (random.Next(2) == 0)
            random.Shuffle(arriving);
        await using var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(described);
        foreach (var batch in arriving.Chunk((arriving.Length / random.Next(1, 5)) + 1))
        {
            await AddAsync(lake, batch);
            // Then it is not to be seen any more which rows of a file are new.
            if (random.Next(3) == 0)
                await Compaction.RunAsync(lake.Lake, lake.Engine, new CompactionOptions { MinFiles = 2 });
            await lake.RunAsync();
        }

        await AgreeAsync(lake, described, Firsts(facts));
        await NaiveComparison.AgreeAsync(lake.Engine, lake.Lake);
    }

    /// <summary>Rows that leave the lake (an erasure) let copies count that were left out.</summary>
    [Theory]
    [MemberData(nameof(Leaving))]
    public async Task When_the_first_row_leaves_the_next_counts(int seed)
    {
        var random = new Random(seed);
        var described = RandomDescriptions.Create(random);
        var facts = WithCopies(RandomTraffic.Create(random, 40), random);
        await using var lake = await FactLake.CreateAsync();
        await lake.DescribeAsync(described);
        await AddAsync(lake, facts);
        await lake.RunAsync();
        foreach (var table in Kinds.Where(_ => random.Next(3) > 0))
        {
            var leaving = facts.Where(fact => fact.Table == table && random.Next(4) == 0).ToHashSet();
            facts = [.. facts.Where(fact => !leaving.Contains(fact))];
            await lake.RewriteAsync(table, facts.Where(fact => fact.Table == table).Select(fact => fact.Record));
            if (random.Next(2) == 0)
                await lake.RunAsync();
        }

        await lake.RunAsync();
        await AgreeAsync(lake, described, Firsts(facts));
        Assert.All(await lake.RunAsync(), result => Assert.Equal(ModelOutcome.UpToDate, result.Outcome));
    }

    [Fact]
    public async Task What_comes_again_is_left_out_without_computing_everything()
    {
        await using var lake = await FactLake.CreateAsync();
        var clicks = Enumerable.Range(0, 5).Select(i => Click(i, "2024-03-02 10:00:00", i)).ToList();
        await lake.AddAsync("clicks", clicks);
        Assert.All(await lake.RunAsync(), result => Assert.Empty(result.Warnings));
        var before = await lake.RowsAsync("click_attribution");

        await lake.AddAsync("clicks", Enumerable.Range(0, 5).Select(i => Click(i, "2024-03-21 10:00:00", 100 + i)));
        var again = await lake.RunAsync();
        Assert.Equal(before, await lake.RowsAsync("click_attribution"));
        Assert.Equal(ModelPlanKind.Incremental, again.Single(result => result.Model == "click_attribution").Kind);
        Assert.Equal(
            ["clicks: 5 rows have the event id of an earlier row and count in no model; doubled_events lists them"],
            again.SelectMany(result => result.Warnings)
        );
        Assert.All(
            await lake.Runner().RunAsync(lake.Lake, full: true),
            result => Assert.NotEqual(ModelOutcome.Refreshed, result.Outcome)
        );
        Assert.Equal(before, await lake.RowsAsync("click_attribution"));
    }

    [Fact]
    public async Task A_row_that_was_processed_before_those_that_models_hold_takes_their_place()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("clicks", [Click(1, "2024-03-02 10:00:00", 7)]);
        await lake.RunAsync();
        var earlier = Click(1, "2024-03-21 10:00:00", 8);
        earlier["processed_time"] = "2024-01-01 00:00:00";
        await lake.AddAsync("clicks", [earlier]);
        var again = await lake.RunAsync();
        Assert.Equal(["2024-03-21"], await lake.RowsAsync("click_attribution", ["event_date"]));
        Assert.Equal(
            "of doubled events in clicks other rows count than before",
            again.Single(result => result.Model == "click_attribution").Reason
        );
        Assert.Equal(["clicks | c1 | 2024-03-02"], await lake.DoubledAsync());
    }

    [Fact]
    public async Task A_feed_that_comes_again_whole_is_left_out()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("clicks", Enumerable.Range(0, 1500).Select(i => Click(i, "2024-03-02 10:00:00", i)));
        await lake.AddAsync("clicks", Enumerable.Range(0, 1600).Select(i => Click(i, "2024-03-21 10:00:00", 5000 + i)));
        await lake.RunAsync("click_attribution");
        Assert.Equal(1500, (await lake.DoubledAsync()).Count);
        Assert.Equal(
            ["2024-03-02 | 1500", "2024-03-21 | 100"],
            await lake.RowsAsync("click_attribution", ["event_date", "count(*)"], "group by event_date")
        );
    }

    [Fact]
    public async Task Rows_of_a_table_that_no_model_of_the_run_reads_are_told_too()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("conversions", [Click(1, "2024-03-02 10:00:00", 1), Click(1, "2024-03-21 10:00:00", 2)]);
        Assert.StartsWith(
            "conversions: 1 row has",
            Assert.Single((await lake.RunAsync("bid_landscape")).SelectMany(result => result.Warnings)),
            StringComparison.Ordinal
        );
        Assert.All(await lake.RunAsync(), result => Assert.Empty(result.Warnings));
    }

    /// <summary>Explanations and what-if are of what a run would make now.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trial_leaves_out_what_came_since_the_last_run(bool wasRun)
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("clicks", Enumerable.Range(0, 20).Select(i => Click(i, "2024-03-02 10:00:00", i)));
        if (wasRun)
        {
            await lake.AddAsync("clicks", [Click(1, "2024-03-09 10:00:00", 90)]);
            await lake.RunAsync("click_attribution");
        }

        await lake.AddAsync("clicks", Enumerable.Range(0, 25).Select(i => Click(i, "2024-03-21 10:00:00", 100 + i)));
        using (var trial = new ModelTrial(lake.Lake, lake.Engine))
        {
            using var counted = await trial.ReadAsync(
                "select count(*), count(distinct event_id) from clicks",
                [await trial.SetAsync("clicks", default)],
                default
            );
            Assert.True(counted.Read());
            Assert.Equal((25, 25), (counted.GetInt64(0), counted.GetInt64(1)));
            await trial.BringUpToDateAsync("click_attribution", default);
            Assert.Equal(25, (await trial.FilesAsync("click_attribution", default)).Sum(file => file.Rows));
        }

        // And the lake is as it was.
        Assert.Equal(wasRun ? 1 : 0, wasRun ? (await lake.DoubledAsync()).Count : 0);
        Assert.Equal(wasRun, lake.Lake.Tables.Any(table => table.Name == DoubledRows.Name));
        await lake.RunAsync("click_attribution");
        Assert.Equal(wasRun ? 21 : 20, (await lake.DoubledAsync()).Count);
    }

    /// <summary>Ids that only share the part of their keys that sidecars hold are two ids.</summary>
    [Fact]
    public async Task Two_ids_whose_keys_begin_alike_are_two_events()
    {
        await using var lake = await FactLake.CreateAsync();
        var one = Click(1, "2024-03-02 10:00:00", 1);
        var other = Click(2, "2024-03-02 11:00:00", 2);
        (one["event_key"], other["event_key"]) = ("-72057594037927936", "-72057594037927935");
        await lake.AddAsync("clicks", [one]);
        await lake.AddAsync("clicks", [other]);
        await lake.RunAsync();
        Assert.Empty(await lake.DoubledAsync());
        Assert.Equal(2, (await lake.RowsAsync("click_attribution")).Count);
    }

    private static Dictionary<string, string> Click(int id, string time, int offset) =>
        new()
        {
            ["event_id"] = $"c{id}",
            ["event_time"] = time,
            ["processed_time"] = Processed(offset),
            ["stream_offset"] = $"{offset}",
            ["user_id"] = "u1",
            ["campaign_id"] = "m1",
        };

    /// <summary>The facts in the order of their positions, about a sixth of them again with other values.</summary>
    private static List<(string Table, Dictionary<string, string> Record)> WithCopies(
        IReadOnlyList<(string Table, Dictionary<string, string> Record)> facts,
        Random random
    )
    {
        var all = facts.Where(fact => random.Next(2) == 0).ToList();
        foreach (var table in Kinds)
        {
            var own = facts.Where(fact => fact.Table == table).ToList();
            foreach (var (_, record) in own.Where(_ => random.Next(6) == 0))
            {
                for (var copies = random.Next(1, 4); copies > 0; copies--)
                {
                    // Values of another event of the kind, sometimes far away, sometimes at the same time.
                    var other = new Dictionary<string, string>(own[random.Next(own.Count)].Record)
                    {
                        ["event_id"] = record["event_id"],
                    };
                    var time = DateTime.Parse(
                        random.Next(3) == 0 ? record["event_time"] : other["event_time"],
                        CultureInfo.InvariantCulture
                    );
                    other["event_time"] = time.AddDays(random.Next(3) == 0 ? 19 : 0)
                        .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
                    all.Add((table, other));
                }
            }
        }

        all.AddRange(facts.Except(all));
        for (var i = 0; i < all.Count; i++)
        {
            all[i].Record["stream_offset"] = $"{i}";
            // Several of one unit have one time.
            all[i].Record["processed_time"] = Processed(i / 9);
        }

        return all;
    }

    private static string Processed(int unit) =>
        new DateTime(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc)
            .AddMinutes(unit)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    // The facts are in the order of their positions.
    private static IEnumerable<(string Table, Dictionary<string, string> Record)> Firsts(
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    ) => facts.DistinctBy(fact => (fact.Table, fact.Record["event_id"]));

    private static async Task AgreeAsync(
        FactLake lake,
        IReadOnlyList<PipeTable> described,
        IEnumerable<(string Table, Dictionary<string, string> Record)> firsts
    )
    {
        await using var whole = await FactLake.CreateAsync();
        await whole.DescribeAsync(described);
        await AddAsync(whole, firsts);
        await whole.RunAsync();
        foreach (var model in ModelCatalog.Shipped.Ordered.Select(model => model.Name))
        {
            var expected = await whole.RowsAsync(model);
            var found = await lake.RowsAsync(model);
            Assert.True(
                expected.SequenceEqual(found),
                $"{model}: without {string.Join("; ", expected.Except(found).Take(5))} and with {string.Join("; ", found.Except(expected).Take(5))}"
            );
        }
    }

    private static async Task AddAsync(
        FactLake lake,
        IEnumerable<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        foreach (var table in facts.GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
    }
}
