using System.Text.Json.Nodes;
using AdvertiseX.Cli;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary><c>adx topics</c> against a real Kafka.</summary>
[Collection(KafkaServer.Collection)]
public sealed class TopicsTests(KafkaServer server)
{
    [Fact]
    public async Task Topics_are_made_once_and_are_then_as_they_should_be()
    {
        using var world = await StreamWorld.MakeAsync(server, makeTopics: false);
        string[] options = ["--partitions", "3", "--replication", "1"];

        var missing = await RunAsync(world, ["check", .. options]);
        var made = await RunAsync(world, ["create", .. options]);
        var again = await RunAsync(world, ["create", .. options, "--json"]);
        var check = await RunAsync(world, ["check", .. options]);

        Assert.Equal((ExitCode.Failed, 4), (missing.Code, missing.Output.Split("is not there").Length - 1));
        Assert.Equal((ExitCode.Done, 4), (made.Code, made.Output.Split("made, 3 partitions").Length - 1));
        Assert.Equal(ExitCode.Done, again.Code);
        Assert.All(
            JsonNode.Parse(again.Output)!.AsArray(),
            topic =>
                Assert.Equal(
                    (false, 3, 1),
                    ((bool)topic!["created"]!, (int)topic["partitions"]!, (int)topic["replication"]!)
                )
        );
        Assert.Equal((ExitCode.Done, 4), (check.Code, check.Output.Split("as it should be").Length - 1));
    }

    [Fact]
    public async Task Each_thing_that_differs_is_a_line()
    {
        using var world = await StreamWorld.MakeAsync(server, makeTopics: false);
        using (var admin = server.Admin())
            await admin.CreateTopicsAsync([
                new TopicSpecification
                {
                    Name = world.Impressions,
                    NumPartitions = 2,
                    ReplicationFactor = 1,
                    Configs = new() { ["retention.ms"] = "3600000", ["max.message.bytes"] = "1000000" },
                },
            ]);

        var (code, output, _) = await RunAsync(world, ["check"]);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(
            [
                "partitions are 2, wanted are 8",
                "replication is 1, wanted is 3: the cluster has 1 broker; set topics.replication to 1, or give --replication 1",
                "retention.ms is 3600000, wanted is 604800000",
                "max.message.bytes is 1000000, wanted is 8388608",
            ],
            output
                .Split('\n')
                .Where(line => line.StartsWith($"{world.Impressions}: ", StringComparison.Ordinal))
                .Select(line => line[(world.Impressions.Length + 2)..])
        );
    }

    [Fact]
    public async Task Nothing_is_made_where_the_replication_cannot_be_reached()
    {
        using var world = await StreamWorld.MakeAsync(server, makeTopics: false);

        var (code, _, errors) = await RunAsync(world, ["create"]);

        Assert.Equal(
            (
                ExitCode.Failed,
                "adx: no topic was made: replication 3 is wanted, and the cluster has 1 broker; set topics.replication to 1, or give --replication 1\n"
            ),
            (code, errors)
        );
        using var admin = server.Admin();
        Assert.DoesNotContain(
            admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics,
            topic => topic.Topic == world.Impressions
        );
    }

    [Fact]
    public async Task A_worker_says_at_its_start_what_differs()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 2);

        var (_, errors) = await world.RunAsync(world.Worker());

        Assert.Contains(
            $"\"event\":\"topic_differs\",\"text\":\"{world.Impressions}: partitions are 2, wanted are 8\"",
            errors,
            StringComparison.Ordinal
        );
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(StreamWorld world, string[] args) =>
        world.CommandAsync(["topics", .. args, "--config", world.Config()]);
}
