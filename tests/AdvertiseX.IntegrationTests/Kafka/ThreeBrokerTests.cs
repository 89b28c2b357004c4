using System.Text.Json.Nodes;
using AdvertiseX.Cli;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>A cluster of three brokers that keeps records three times and acknowledges what two have.</summary>
[Collection(KafkaServer.Collection)]
public sealed class ThreeBrokerTests : IAsyncLifetime
{
    private const string Dirt = "duplicate=0.01,late=0.02,broken=0.002,kind=0.01,type=0.01";
    private const int TimeoutSeconds = 8;
    private readonly KafkaServer _cluster = new(brokers: 3);

    public ValueTask InitializeAsync() => _cluster.InitializeAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_broker_that_is_dead_for_longer_than_messages_wait_costs_nothing()
    {
        using var world = await StreamWorld.MakeAsync(_cluster);
        using var feeds = await Feeds.GenerateAsync(6_000, seed: 6, Dirt);
        world.Registry.Add(Feeds.SchemaId, feeds.Schema);
        using var worker = new WorkerProcess(world, world.Worker(once: false));
        Assert.True(await worker.WaitForAsync("\"assigned\"", TimeSpan.FromSeconds(30)), worker.Said);
        var config = world.Config(sections: $$""", "produce": { "message_timeout_seconds": {{TimeoutSeconds}} }""");

        // Sent for longer than the broker is dead.
        var producing = world.CommandAsync(
            ["produce", .. feeds.Files, "--config", config, "--json", "--rate", "700"],
            TestContext.Current.CancellationToken
        );
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var broker = _cluster.LeaderOf(world.Impressions);
        await _cluster.KillAsync(broker);
        await Task.Delay(TimeSpan.FromSeconds(TimeoutSeconds + 2), TestContext.Current.CancellationToken);
        Assert.False(producing.IsCompleted, "everything was sent before the broker came back");
        _cluster.Start(broker);
        var (code, output, errors) = await producing;

        Assert.True(code == ExitCode.Done, errors);
        foreach (var topic in JsonNode.Parse(output)!["topics"]!.AsArray())
        {
            Assert.Equal((long)topic!["records"]!, (long)topic["acknowledged"]!);
            Assert.Equal(0, (long)topic["not_delivered"]!);
        }

        worker.Signal("TERM");
        await worker.EndAsync();
        await world.RunAsync(world.Worker());
        await world.AssertSameFactsAsync(feeds);
    }
}
