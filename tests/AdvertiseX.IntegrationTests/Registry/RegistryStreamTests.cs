using System.Diagnostics;
using System.Text.Json.Nodes;
using AdvertiseX.Cli;
using AdvertiseX.IntegrationTests.Kafka;

namespace AdvertiseX.IntegrationTests.Registry;

/// <summary><c>adx produce</c> and <c>adx stream</c> with a registry of ours between them.</summary>
[Collection(KafkaServer.Collection)]
public sealed class RegistryStreamTests(KafkaServer server)
{
    [Fact]
    public async Task Old_and_new_writers_on_one_topic_bring_what_a_load_of_their_files_brings()
    {
        using var world = await StreamWorld.MakeAsync(server);
        await using var registry = await RegistryHost.StartAsync(world.Lake);
        world.RegistryUrl = registry.Url;
        var files = await FilesAsync(world, count: 2);
        var evolved = world.PathOf("evolved.avro");
        EvolvedFeed.Write(files[1], evolved);
        string[] all = [files[0], evolved];

        await ProduceAsync(world, all);
        await world.RunAsync(world.Worker());

        var state = await registry.StateAsync();
        Assert.Equal([$"{world.Bids}-value"], state.Subjects.Keys);
        Assert.Equal([1, 2], state.Schemas.Keys);
        var ids = Enumerable
            .Range(0, 4)
            .SelectMany(partition => world.ReadPartition(world.Bids, partition))
            .Select(message => message.Message.Value[4])
            .ToHashSet();
        Assert.Equal([1, 2], ids.Select(id => (int)id).Order());
        await Feeds.RunAsync(["ingest", .. all, "--lake", world.Batch, "--no-models"]);
        await Lake.LakeAnswers.AssertEqualAsync(world.Batch, world.Lake);
        await world.AssertWholeAsync();
        Assert.NotEqual(
            "0",
            await world.AskAsync("SELECT count(*) FROM bid_requests WHERE extra LIKE '%second_price%'")
        );
    }

    [Fact]
    public async Task A_slow_registry_costs_time_and_no_record()
    {
        using var world = await StreamWorld.MakeAsync(server);
        await using var registry = await RegistryHost.StartAsync(world.Lake);
        registry.Delay = TimeSpan.FromSeconds(3);
        world.RegistryUrl = registry.Url;
        var files = await FilesAsync(world, count: 1);

        await ProduceAsync(world, files);
        await world.RunAsync(world.Worker());

        await Feeds.RunAsync(["ingest", .. files, "--lake", world.Batch, "--no-models"]);
        await Lake.LakeAnswers.AssertEqualAsync(world.Batch, world.Lake);
        Assert.Equal("0", await world.AskAsync("SELECT count(*) FROM rejects"));
        Assert.NotEqual("0", await world.AskAsync("SELECT count(*) FROM bid_requests"));
    }

    [Fact]
    public async Task A_registry_that_is_down_for_a_while_is_waited_for_by_producer_and_worker()
    {
        using var world = await StreamWorld.MakeAsync(server);
        await using var registry = await RegistryHost.StartAsync(world.Lake);
        world.RegistryUrl = registry.Url;
        var files = await FilesAsync(world, count: 1);

        await registry.StopAsync();
        var producing = ProduceAsync(world, files);
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.False(producing.IsCompleted);
        await registry.StartAsync();
        await producing;

        await registry.StopAsync();
        using var worker = world.Start(world.Worker());
        var outage = await ReadUntilAsync(worker, "\"outage\"");
        Assert.Contains(registry.Url, outage, StringComparison.Ordinal);
        Assert.False(worker.HasExited);
        await registry.StartAsync();
        await StreamWorld.EndAsync(worker);

        await Feeds.RunAsync(["ingest", .. files, "--lake", world.Batch, "--no-models"]);
        await Lake.LakeAnswers.AssertEqualAsync(world.Batch, world.Lake);
    }

    /// <summary>The first line on standard error that holds a text.</summary>
    private static async Task<string> ReadUntilAsync(Process process, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        throw new InvalidOperationException($"the worker ended without saying {text}");
    }

    private static async Task ProduceAsync(StreamWorld world, string[] files)
    {
        var (code, output, errors) = await world.CommandAsync([
            "produce",
            .. files,
            "--config",
            world.Config(),
            "--json",
        ]);
        Assert.True(code == ExitCode.Done, errors);
        var topic = JsonNode.Parse(output)!["topics"]!.AsArray().Single()!;
        Assert.Equal((long)topic["records"]!, (long)topic["acknowledged"]!);
    }

    /// <summary>Files of bid requests.</summary>
    private static async Task<string[]> FilesAsync(StreamWorld world, int count)
    {
        var files = new List<string>();
        for (var seed = 1; seed <= count; seed++)
        {
            var folder = world.PathOf($"feeds-{seed}");
            await Feeds.RunAsync(
                "generate",
                "--out",
                folder,
                "--impressions",
                "2000",
                "--seed",
                $"{seed}",
                "--days",
                "1",
                "--dirt",
                "none",
                "--avro-codec",
                "deflate"
            );
            files.Add(Assert.Single(Directory.GetFiles(Path.Combine(folder, "bid_requests"))));
        }

        return [.. files];
    }
}
