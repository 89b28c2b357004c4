using System.Text.Json.Nodes;

namespace AdvertiseX.IntegrationTests.Ingestion;

/// <summary>Generated feeds in, every line's verdict out.</summary>
public class IngestTruthTests
{
    private const long Gigabyte = 1L << 30;
    private const string SmallUnits = """{ "ingest": { "commit_unit_bytes": 1048576 } }""";

    [Fact]
    public async Task A_million_impressions_come_out_as_the_truth_says_in_flat_memory()
    {
        using var truth = await TruthFolder.GenerateAsync(1_000_000);
        using (var adx = truth.Ingest())
        {
            await adx.JsonAsync();
            Assert.InRange(adx.PeakBytes, 0, Gigabyte);
        }

        await truth.CheckAsync();
        using var again = truth.Ingest();
        Assert.Equal(0, (int)(await again.JsonAsync())["files"]!["read"]!);
    }

    [Fact]
    public async Task Compressed_feeds_come_out_the_same()
    {
        using var truth = await TruthFolder.GenerateAsync(200_000, gzip: true, maxFileBytes: 20 << 20);
        using (var adx = truth.Ingest())
            await adx.JsonAsync();
        await truth.CheckAsync();
    }

    [Fact]
    public async Task Killed_at_any_moment_the_next_run_finishes()
    {
        using var truth = await TruthFolder.GenerateAsync(200_000, maxFileBytes: 30 << 20);
        var random = new Random(5);
        var kills = 0;
        while (true)
        {
            using var adx = truth.Ingest(SmallUnits);
            if (!await adx.KillAfterAsync(TimeSpan.FromMilliseconds(random.Next(300, 900 + (kills * 150)))))
                break;
            kills++;
        }

        Assert.True(kills > 3, $"only {kills} runs were killed");
        using (var last = truth.Ingest())
            await last.JsonAsync();
        await truth.CheckAsync();
    }

    [Fact]
    public async Task Two_processes_at_the_same_files_at_once_lose_and_double_nothing()
    {
        using var truth = await TruthFolder.GenerateAsync(100_000, maxFileBytes: 10 << 20);
        using (var one = truth.Ingest(SmallUnits))
        using (var other = truth.Ingest(SmallUnits))
        {
            var received = Received(await one.JsonAsync()) + Received(await other.JsonAsync());
            Assert.True(received > 100_000);
        }

        await truth.CheckAsync();
    }

    [Fact]
    public async Task Two_processes_at_different_files_at_once_judge_each_other_s_events()
    {
        using var truth = await TruthFolder.GenerateAsync(100_000, maxFileBytes: 10 << 20);
        // The same events from both sides: one reads the files, the other copies of them.
        var copies = Path.Combine(truth.Feeds, "..", "copies");
        foreach (var file in truth.Inputs.SelectMany(Directory.EnumerateFiles))
        {
            var copy = Path.Combine(copies, Path.GetRelativePath(truth.Feeds, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        using var one = truth.Ingest(SmallUnits);
        using var other = truth.Ingest(SmallUnits, copies);
        var counts = new[] { await one.JsonAsync(), await other.JsonAsync() };
        foreach (var table in new[] { "impressions", "clicks", "conversions", "bid_requests" })
        {
            var accepted = counts.Sum(c => (long)c[table]!["accepted"]!);
            Assert.Equal(await truth.AcceptedAsync(table), accepted);
        }
    }

    private static long Received(JsonObject report) =>
        new[] { "impressions", "clicks", "conversions", "bid_requests" }.Sum(table =>
            (long)report[table]!["received"]!
        );
}
