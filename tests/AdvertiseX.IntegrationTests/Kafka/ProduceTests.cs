using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Cli;
using Confluent.Kafka;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary><c>adx produce</c> into a real Kafka.</summary>
[Collection(KafkaServer.Collection)]
public sealed class ProduceTests(KafkaServer server)
{
    /// <summary>Everything but conflicting payloads: which of those stays, the order decides.</summary>
    private const string Dirt = "duplicate=0.01,late=0.02,broken=0.002,kind=0.01,type=0.01";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_produced_and_streamed_is_what_a_load_of_the_files_brings(bool registry)
    {
        using var world = await StreamWorld.MakeAsync(server);
        using var feeds = await Feeds.GenerateAsync(20_000, seed: 11, Dirt);

        var config = world.Config(registry: registry, schemas: feeds.WriteSchema());

        var result = await ProduceAsync(world, feeds.Files, config: config);
        await world.RunAsync(world.Worker(schemas: registry ? "" : feeds.WriteSchema()));

        Assert.Equal(ExitCode.Done, result.Code);
        Assert.All(
            result.Json["topics"]!.AsArray(),
            topic =>
                Assert.Equal(
                    ((long)topic!["records"]!, (long)topic["records"]!, 0L),
                    ((long)topic["sent"]!, (long)topic["acknowledged"]!, (long)topic["not_delivered"]!)
                )
        );
        await world.AssertSameAsBatchAsync(feeds);
        Assert.All(world.Registry.Subjects, subject => Assert.Equal($"{world.Bids}-value", subject));
        Assert.Equal(registry, !world.Registry.Subjects.IsEmpty);
    }

    [Fact]
    public async Task A_user_has_one_partition_and_is_the_key()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 3);
        var lines = Enumerable.Range(0, 300).Select(i => Impression($"i{i:D3}", $"user-{i % 20}"));
        var file = await WriteAsync(world, "a.json", string.Join('\n', lines));

        await ProduceAsync(world, [file]);

        var partitions = Enumerable.Range(0, 3).Select(each => world.ReadPartition(world.Impressions, each)).ToList();
        var users = partitions
            .SelectMany(each => each)
            .GroupBy(each => Encoding.UTF8.GetString(each.Message.Key))
            .ToList();
        Assert.Equal(20, users.Count);
        Assert.All(users, user => Assert.Single(user.Select(each => each.Partition.Value).Distinct()));
        // In the order in which they stand in the file.
        Assert.All(
            users,
            user =>
                Assert.Equal(
                    user.Select(each => Id(each.Message.Value)).Order(),
                    user.Select(each => Id(each.Message.Value))
                )
        );
        Assert.Equal(300, users.Sum(user => user.Count()));
    }

    [Fact]
    public async Task Long_records_have_a_verdict_or_a_reject_or_are_named()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1, makeTopics: false);
        var config = world.Config(sections: """, "topics": { "replication": 1, "partitions": 1 } """);
        await world.CommandAsync(["topics", "create", "--config", config]);
        int[] sizes = [1_000, 900_000, 1_000_000, 1_100_000, 5_000_000, 9_000_000];
        var lines = sizes.Select(size =>
            Impression($"i{size}", "u", new string('x', size - Impression("i" + size, "u", "").Length))
        );
        var file = await WriteAsync(world, "long.json", string.Join('\n', lines) + '\n');

        var result = await ProduceAsync(world, [file], config: config);
        await world.RunAsync(world.Worker());

        Assert.Equal(ExitCode.Failed, result.Code);
        var topic = result.Json["topics"]![0]!;
        Assert.Equal((6, 5, 1), ((int)topic["records"]!, (int)topic["acknowledged"]!, (int)topic["not_delivered"]!));
        Assert.Contains(
            $"the record at byte {sizes.Take(5).Sum() + 5} of {file}: larger than topics.max_message_bytes",
            result.Errors,
            StringComparison.Ordinal
        );
        Assert.Equal(sizes.Take(4).Sum() + 4, (int)topic["acknowledged_offset"]!);
        Assert.Equal(
            "i1000 i1000000 i900000",
            await world.AskAsync("SELECT string_agg(event_id, ' ' ORDER BY event_id) FROM impressions")
        );
        Assert.Equal(
            "too_large\t1100000\t65536\ntoo_large\t5000000\t65536",
            await world.AskAsync("SELECT reason, length, octet_length(raw) FROM rejects ORDER BY length")
        );
        Assert.Equal(
            [("1100000", 65_536), ("5000000", 65_536)],
            world.ReadLetters().Select(letter => (Length(letter), letter.Message.Value.Length)).Order()
        );
    }

    [Fact]
    public async Task Long_rows_of_csv_are_rejects_with_bytes_and_dead_letters()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1, makeTopics: false);
        var config = world.Config(sections: """, "topics": { "replication": 1, "partitions": 1 } """);
        await world.CommandAsync(["topics", "create", "--config", config]);
        int[] sizes = [100, 900_000, 1_100_000, 5_000_000];
        const string Begin = "2024-03-01T10:00:00Z,user-";
        var rows = sizes.Select(size => $"{Begin}{size:D7},click,".PadRight(size, 'x'));
        var file = await WriteAsync(
            world,
            "long.csv",
            "timestamp,user_id,conversion_type,note\n" + string.Join('\n', rows) + '\n'
        );

        var result = await ProduceAsync(world, [file], config: config);
        await world.RunAsync(world.Worker());

        Assert.Equal((ExitCode.Done, 4), (result.Code, (int)result.Json["topics"]![0]!["acknowledged"]!));
        Assert.Equal(
            "too_large\t1100000\t65536\ntoo_large\t5000000\t65536",
            await world.AskAsync("SELECT reason, length, octet_length(raw) FROM rejects ORDER BY length")
        );
        Assert.Equal("2", await world.AskAsync("SELECT count(*) FROM clicks"));
        var letters = world.ReadLetters();
        Assert.Equal(["1100000", "5000000"], letters.Select(Length).Order(StringComparer.Ordinal));
        Assert.All(
            letters,
            letter => Assert.StartsWith(Begin, Encoding.UTF8.GetString(letter.Message.Value), StringComparison.Ordinal)
        );
        await world.AssertWholeAsync();
    }

    [Fact]
    public async Task A_record_that_the_topic_refuses_is_named_and_the_rest_is_sent()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        // Does not compress, so that the broker's own limit of 1,048,588 bytes is met.
        var noise = Convert.ToHexString(RandomBytes(seed: 5, 2_000_000));
        var file = await WriteAsync(
            world,
            "a.json",
            $"{Impression("a", "u")}\n{Impression("b", "u", noise)}\n{Impression("c", "u")}\n"
        );

        var result = await ProduceAsync(world, [file]);

        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.Equal(
            (2, 1),
            ((int)result.Json["topics"]![0]!["acknowledged"]!, (int)result.Json["topics"]![0]!["not_delivered"]!)
        );
        Assert.Contains(
            $"the record at byte {Impression("a", "u").Length + 1} of {file}",
            result.Errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_outage_ends_with_exact_counts()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 2);
        var lines = Enumerable.Range(0, 40_000).Select(i => Impression($"i{i:D6}", $"user-{i % 50}"));
        var file = await WriteAsync(world, "a.json", string.Join('\n', lines) + '\n');
        var config = world.Config(
            sections: """, "produce": { "message_timeout_seconds": 3, "buffer_bytes": 1048576 } """
        );

        var running = ProduceAsync(world, [file], ["--rate", "10000"], config: config);
        await Task.Delay(TimeSpan.FromSeconds(2));
        server.Pause();
        (int Code, JsonNode Json, string Errors) result;
        try
        {
            result = await running;
        }
        finally
        {
            server.Resume();
        }

        var topic = result.Json["topics"]![0]!;
        var (records, acknowledged) = ((long)topic["records"]!, (long)topic["acknowledged"]!);
        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.InRange(acknowledged, 1, 39_999);
        Assert.Equal(records - acknowledged, (long)topic["not_delivered"]!);
        Assert.Contains("the brokers acknowledged nothing for 3 s", result.Errors, StringComparison.Ordinal);
        // Every record that was acknowledged is there.
        var there = Enumerable.Range(0, 2).SelectMany(each => world.ReadPartition(world.Impressions, each)).ToList();
        var ids = there.Select(each => Id(each.Message.Value)).ToHashSet();
        var upTo = (int)((long)topic["acknowledged_offset"]! / (Impression("i000000", "user-0").Length + 1.5));
        Assert.True(ids.Count >= acknowledged, $"{ids.Count} are there, {acknowledged} were acknowledged");
        Assert.All(Enumerable.Range(0, upTo), i => Assert.Contains($"i{i:D6}", ids));
    }

    [Fact]
    public async Task A_schema_that_no_worker_knows_is_not_sent()
    {
        using var world = await StreamWorld.MakeAsync(server);
        using var feeds = await Feeds.GenerateAsync(200, seed: 2);
        foreach (var file in feeds.FilesOf("bid_requests"))
            RenameRecord(file);

        var result = await ProduceAsync(world, feeds.Files, config: world.Config(registry: false));

        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.Contains("no worker knows the schema of the Avro files", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_refuses_ends_it()
    {
        using var world = await StreamWorld.MakeAsync(server);
        using var feeds = await Feeds.GenerateAsync(200, seed: 2);
        world.Registry.Refuses = true;

        var result = await ProduceAsync(world, feeds.Files);

        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.Contains("409 Schema being registered is incompatible", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Speed_follows_the_times_of_events()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        // A minute of events, a day without any, and another minute.
        var times = Enumerable.Range(0, 61).Concat(Enumerable.Range(86_400, 61)).ToList();
        var file = await WriteAsync(
            world,
            "a.json",
            string.Join('\n', times.Select(second => Impression($"i{second}", "u", second: second)))
        );

        var began = Stopwatch.GetTimestamp();
        var result = await ProduceAsync(world, [file], ["--speed", "30x"]);

        Assert.Equal((ExitCode.Done, times.Count), (result.Code, (int)result.Json["topics"]![0]!["acknowledged"]!));
        // Two stretches of two seconds.
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 3.5, 30);
    }

    [Fact]
    public async Task A_missing_topic_is_said_before_anything_is_sent()
    {
        using var world = await StreamWorld.MakeAsync(server, makeTopics: false);
        var file = await WriteAsync(world, "a.json", Impression("a", "u"));

        var (code, _, errors) = await world.CommandAsync(["produce", file, "--config", world.Config()]);

        Assert.Equal(
            (ExitCode.Failed, $"adx: there is no topic {world.Impressions}; adx topics create makes it\n"),
            (code, errors)
        );
    }

    private static async Task<(int Code, JsonNode Json, string Errors)> ProduceAsync(
        StreamWorld world,
        IReadOnlyList<string> files,
        IReadOnlyList<string>? options = null,
        string? config = null
    )
    {
        var (code, output, errors) = await world.CommandAsync([
            "produce",
            .. files,
            "--config",
            config ?? world.Config(),
            "--json",
            .. options ?? [],
        ]);
        Assert.True(output.Length > 0, errors);
        return (code, JsonNode.Parse(output)!, errors);
    }

    private static async Task<string> WriteAsync(StreamWorld world, string name, string text)
    {
        var path = world.PathOf(name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private static string Impression(string id, string user, string page = "", int second = 0) =>
        $$"""{"impression_id":"{{id}}","timestamp":"{{new DateTime(2024, 3, 1).AddSeconds(second).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}}","user_id":"{{user}}","campaign_id":"c1","creative_id":"k1","note":"{{page}}"}""";

    private static string Length(ConsumeResult<byte[], byte[]> letter) =>
        Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("adx.length"));

    private static string Id(byte[] message) => (string)JsonNode.Parse(message)!["impression_id"]!;

    private static byte[] RandomBytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // Another schema, whose fingerprint nobody knows.
    private static void RenameRecord(string avro)
    {
        var bytes = File.ReadAllBytes(avro);
        var at = bytes.AsSpan().IndexOf("BidRequest"u8);
        bytes[at] = (byte)'X';
        File.WriteAllBytes(avro, bytes);
    }
}
