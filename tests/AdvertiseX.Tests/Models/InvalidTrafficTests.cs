using System.Globalization;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

/// <summary>
/// The rules that look around, beside a plain reading of them event by event (<see cref="PlainTraffic"/>), for traffic
/// so dense that every rule meets every other, and in batches that come in any order.
/// </summary>
public sealed class InvalidTrafficTests
{
    private static readonly TrafficRules Tight = new() { MaxImpressionsPerMinute = 5, MaxClicksPerMinute = 7 };

    [Theory]
    [InlineData(3, 3, 3, Explicit = true)]
    [InlineData(1, 4, 6, Explicit = true)]
    public async Task Verdicts_are_those_of_a_plain_reading_whatever_comes_late(int first, int last, int batches)
    {
        var reasons = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = first; seed <= last; seed++)
            await CompareAsync(new Random(seed), batches, reasons);
        Assert.Equal(
            ["", "click_rate", "click_too_soon", "declared_bot", "invalid_impression", "repeated_click"],
            reasons
        );
    }

    [Fact]
    public async Task Sixty_impressions_in_a_minute_are_valid_and_sixty_one_are_not()
    {
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("impressions", Impressions("sixty", 60).Concat(Impressions("more", 61)));
        await lake.RunAsync("invalid_rates");
        Assert.Equal(Enumerable.Repeat("more", 61), await lake.RowsAsync("invalid_rates", ["user_id"]));
    }

    [Fact]
    public async Task Users_who_share_a_key_are_counted_apart()
    {
        static IEnumerable<Dictionary<string, string>> OfKey(IEnumerable<Dictionary<string, string>> records) =>
            records.Select(record => new Dictionary<string, string>(record) { ["user_key"] = "7" });
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("impressions", OfKey(Impressions("one", 40).Concat(Impressions("other", 40))));
        await lake.RunAsync("invalid_rates");
        Assert.Empty(await lake.RowsAsync("invalid_rates", ["user_id"]));
        await lake.AddAsync("impressions", OfKey(Impressions("other", 61).Skip(40)));
        Assert.Equal(ModelPlanKind.Incremental, (await lake.RunAsync("invalid_rates"))[^1].Kind);
        Assert.Equal(Enumerable.Repeat("other", 61), await lake.RowsAsync("invalid_rates", ["user_id"]));

        await lake.AddAsync(
            "impressions",
            OfKey(Impressions("other", 63).Skip(61).Concat(Impressions("one", 60).Skip(40)))
        );
        await lake.RunAsync("invalid_rates");
        Assert.Equal(Enumerable.Repeat("other", 63), await lake.RowsAsync("invalid_rates", ["user_id"]));
        await lake.AddAsync("impressions", OfKey(Impressions("one", 61).Skip(60)));
        await lake.RunAsync("invalid_rates");
        Assert.Equal(
            Enumerable.Repeat("one", 61).Concat(Enumerable.Repeat("other", 63)),
            await lake.RowsAsync("invalid_rates", ["user_id"])
        );
    }

    [Fact]
    public async Task A_minute_of_too_many_stays_one_until_it_loses_some()
    {
        static IEnumerable<Dictionary<string, string>> Declared(IEnumerable<Dictionary<string, string>> records) =>
            records.Select(record => new Dictionary<string, string>(record) { ["ivt_reason"] = "declared_bot" });
        await using var lake = await FactLake.CreateAsync();
        await lake.AddAsync("impressions", Declared(Impressions("u", 5)).Concat(Impressions("u", 61).Skip(5)));
        await lake.RunAsync("invalid_rates");
        Assert.Equal(56, (await lake.RowsAsync("invalid_rates")).Count);
        // An event with a reason of its own counts, and keeps it.
        await lake.AddAsync(
            "impressions",
            Declared(Impressions("u", 63).Skip(61)).Concat(Impressions("u", 65).Skip(63))
        );
        await lake.RunAsync("invalid_rates");
        Assert.Equal(58, (await lake.RowsAsync("invalid_rates")).Count);
        await lake.RewriteAsync("impressions", Impressions("u", 60));
        Assert.Equal(ModelPlanKind.Incremental, (await lake.RunAsync("invalid_rates"))[^1].Kind);
        Assert.Empty(await lake.RowsAsync("invalid_rates"));
    }

    [Fact(Explicit = true)]
    public async Task A_chain_of_any_length_is_followed_to_its_end()
    {
        await using var lake = await FactLake.CreateAsync();
        lake.Rules = new TrafficRules { MaxClicksPerMinute = 1_000 };
        var start = new DateTime(2024, 3, 1, 23, 30, 0, DateTimeKind.Utc);
        await lake.AddAsync(
            "clicks",
            Enumerable
                .Range(0, 2_500)
                .Select(i => new Dictionary<string, string>
                {
                    ["event_id"] = $"{i:0000}",
                    ["user_id"] = "u",
                    ["campaign_id"] = "m",
                    ["event_time"] = start
                        .AddMilliseconds(i * 1_500)
                        .ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
                })
        );
        await lake.RunAsync("click_attribution");
        Assert.Equal(
            Enumerable.Range(0, 2_500).Select(i => PipeTable.Line([$"{i:0000}", i % 2 == 0 ? "" : "repeated_click"])),
            await lake.RowsAsync("click_attribution", ["click_id", "ivt_reason"])
        );
    }

    [Fact]
    public async Task A_changed_limit_computes_verdicts_anew_and_nothing_else()
    {
        await using var lake = await FactLake.CreateAsync();
        foreach (var table in DenseTraffic(new Random(9)).GroupBy(fact => fact.Table))
            await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
        await lake.RunAsync("click_attribution", "impression_rollup");
        lake.Rules = Tight;
        var plan = (await lake.Runner().RunAsync(lake.Lake, dryRun: true)).ToDictionary(result => result.Model);
        Assert.StartsWith("the model or a limit changed", plan["click_attribution"].Reason, StringComparison.Ordinal);
        Assert.Equal(ModelOutcome.UpToDate, plan["impression_rollup"].Outcome);
        await lake.RunAsync("click_attribution", "impression_rollup");
        var plain = new PlainTraffic([.. DenseTraffic(new Random(9))], Tight);
        Assert.Equal(
            plain.Clicks(),
            await lake.RowsAsync("click_attribution", ["click_id", "impression_id", "ivt_reason"])
        );
    }

    private static async Task CompareAsync(Random random, int batches, SortedSet<string> reasons)
    {
        var facts = DenseTraffic(random).ToArray();
        random.Shuffle(facts);
        await using var lake = await FactLake.CreateAsync();
        lake.Rules = Tight;
        var known = new List<(string Table, Dictionary<string, string> Record)>();
        foreach (var batch in facts.Chunk(facts.Length / batches + 1))
        {
            foreach (var table in batch.GroupBy(fact => fact.Table))
                await lake.AddAsync(table.Key, table.Select(fact => fact.Record));
            known.AddRange(batch);
            reasons.UnionWith(await AssertAsPlainAsync(lake, known));
        }

        // Rows that leave (an erasure, a correction) change the verdicts of those that stay.
        var kept = facts.Where(_ => random.Next(5) > 0).ToList();
        foreach (var table in kept.GroupBy(fact => fact.Table))
            await lake.RewriteAsync(table.Key, table.Select(fact => fact.Record));
        reasons.UnionWith(await AssertAsPlainAsync(lake, kept));
    }

    private static async Task<IEnumerable<string>> AssertAsPlainAsync(
        FactLake lake,
        IReadOnlyList<(string Table, Dictionary<string, string> Record)> facts
    )
    {
        await lake.RunAsync("click_attribution");
        var plain = new PlainTraffic(facts, Tight);
        Assert.Equal(
            plain.Clicks(),
            await lake.RowsAsync("click_attribution", ["click_id", "impression_id", "ivt_reason"])
        );
        Assert.Equal(plain.Rates(), await lake.RowsAsync("invalid_rates", ["event_kind", "event_id", "ivt_reason"]));
        return plain.Clicks().Select(line => line.Split(" | ")[2]);
    }

    private static IEnumerable<Dictionary<string, string>> Impressions(string user, int count) =>
        Enumerable
            .Range(0, count)
            .Select(i => new Dictionary<string, string>
            {
                ["event_id"] = $"{user}-{i}",
                ["user_id"] = user,
                ["campaign_id"] = "m",
                ["event_time"] = $"2024-03-01 23:59:{i % 60:00}.5",
            });

    // Around midnight, at steps of half a second and a micro beside them: gaps fall on limits, short of them and past
    // them. Clicks often follow the impression or the click before.
    private static IEnumerable<(string Table, Dictionary<string, string> Record)> DenseTraffic(Random random)
    {
        var start = new DateTime(2024, 3, 1, 23, 55, 0, DateTimeKind.Utc);
        var (seen, clicked) = (0L, 0L);
        for (var i = 0; i < 140; i++)
        {
            var isClick = i % 2 == 1;
            var micros = (isClick, random.Next(4)) switch
            {
                (true, 0) => seen + 299_998 + random.Next(4),
                (true, 1) => clicked + random.Next(1, 6) * 500_000,
                _ => random.Next(10 * 60 * 2) * 500_000L,
            };
            if (random.Next(4) == 0)
                micros += random.Next(-1, 2);
            (seen, clicked) = isClick ? (seen, micros) : (micros, clicked);
            var record = new Dictionary<string, string>
            {
                ["event_id"] = $"{(isClick ? 'c' : 'i')}{i}",
                ["event_time"] = start
                    .AddMicroseconds(micros)
                    .ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
            };
            if (random.Next(12) > 0)
                record["user_id"] = random.Next(4) == 0 ? "u1" : "u0";
            if (random.Next(12) > 0)
                record["campaign_id"] = random.Next(5) == 0 ? "m1" : "m0";
            if (random.Next(14) == 0)
                record["ivt_reason"] = "declared_bot";
            if (isClick && random.Next(6) == 0)
                record["impression_id"] = $"i{random.Next(70) * 2}";
            yield return (isClick ? "clicks" : "impressions", record);
        }
    }
}
