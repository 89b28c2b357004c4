using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.IntegrationTests.Lake;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Workers between a real Kafka and a lake.</summary>
[Collection(KafkaServer.Collection)]
public sealed class StreamTests(KafkaServer server)
{
    /// <summary>Everything but conflicting payloads: which of those stays, the order decides.</summary>
    private const string Dirt = "duplicate=0.01,late=0.02,broken=0.002,kind=0.01,type=0.01";

    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task Two_workers_bring_what_a_load_of_the_files_brings(string protocol)
    {
        using var world = await StreamWorld.MakeAsync(server);
        using var feeds = await Feeds.GenerateAsync(6_000, seed: 3, Dirt);
        world.Registry.Add(Feeds.SchemaId, feeds.Schema);
        // Models are refreshed beside what comes, too.
        await feeds.ProduceAsync(world, TimeSpan.Zero, 0, 2);
        var worker = world.Worker(protocol: protocol, models: "2s");
        var running = Task.WhenAll(world.RunAsync(worker), world.RunAsync(worker));
        await feeds.ProduceAsync(world, TimeSpan.FromSeconds(4), 1, 2);
        await running;
        await world.RunAsync(worker);
        await world.AssertSameAsBatchAsync(feeds);

        // Facts, and each row of each mart.
        await feeds.IngestAsync(world.Batch, models: true);
        await LakeAnswers.AssertEqualAsync(world.Batch, world.Lake);
        // Nothing is read twice.
        var again = JsonNode.Parse((await world.RunAsync(world.Worker(protocol: protocol))).Output)!;
        Assert.Equal(0, (int)again["commits"]!);
    }

    /// <summary>As a member holds its partitions that was killed, until its session is over.</summary>
    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task A_worker_that_runs_once_waits_for_what_another_member_holds(string protocol)
    {
        using var world = await StreamWorld.MakeAsync(server);
        for (var partition = 0; partition < 4; partition++)
            Produce(world, partition, $"{partition}");
        using var member = world.Member(protocol);
        member.Subscribe(world.Impressions);
        await WaitAsync(() => member.Consume(TimeSpan.FromMilliseconds(50)) is null && member.Assignment.Count == 4);
        using var worker = world.Start(world.Worker(protocol: protocol));
        var end = StreamWorld.EndAsync(worker);
        // The worker has the other topics, which are empty.
        for (var polls = 0; polls < 100; polls++)
            member.Consume(TimeSpan.FromMilliseconds(50));
        Assert.Equal(4, member.Assignment.Count);
        Assert.False(worker.HasExited);
        member.Close();
        await end;
        Assert.Equal("4", await world.AskAsync("SELECT count(*) FROM impressions"));
    }

    [Fact]
    public async Task A_worker_that_runs_once_reads_what_is_there_and_fails_for_a_topic_that_is_not()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using (var admin = server.Admin())
            await admin.DeleteTopicsAsync([world.Bids]);
        await WaitAsync(() => !Exists(world.Bids));
        Produce(world, "a");
        var (code, output, errors) = await world.CommandAsync(world.Worker());
        Assert.Equal(1, code);
        Assert.Contains("\"commits\"", output, StringComparison.Ordinal);
        Assert.Contains($"there is no topic {world.Bids}", errors, StringComparison.Ordinal);
        Assert.Contains("adx topics create", errors, StringComparison.Ordinal);
        Assert.Equal("1", await world.AskAsync("SELECT count(*) FROM impressions"));
    }

    [Fact]
    public async Task A_message_holds_a_record_or_several_in_any_of_the_forms()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        string[] messages =
        [
            Impression("a"),
            $"[{Impression("b")},\n{Impression("c")}]",
            $"{Impression("d")}\n{Impression("e")}\n",
            $$"""{"schema":{"type":"struct","optional":false},"payload":{{Impression("f")}}}""",
            $$"""{"schema": {"type":"array"}, "payload": [{{Impression("g")}},{{Impression("h")}}] }""",
            """{"schema":null,"payload":null}""",
            $"{Impression("i")}\n{{\"broken\n{Impression("j")}",
            "\uFEFF  " + Impression("k").Replace(",", ",\n "),
        ];
        using (var producer = world.Producer())
        {
            foreach (var message in messages)
                world.Send(producer, world.Impressions, Encoding.UTF8.GetBytes(message));
            world.Send(producer, world.Impressions, null);
            world.Send(producer, world.Impressions, []);
            world.Send(
                producer,
                world.Clicks,
                "timestamp,user_id,conversion_type\n2024-03-01T10:00:00Z,u1,click"u8.ToArray()
            );
            world.Send(producer, world.Clicks, "a row,without,columns"u8.ToArray());
            world.Send(
                producer,
                world.Clicks,
                "timestamp;user_id;conversion_type\r\n2024-03-01T10:00:01Z;u2;click\r\n2024-03-01T10:00:02Z;u3;nothing;more\r\n2024-03-01T10:00:03Z;u4;buy\r\n"u8.ToArray()
            );
            producer.Flush(TimeSpan.FromSeconds(30));
        }

        await world.RunAsync(world.Worker());
        await world.AssertWholeAsync();
        Assert.Equal(
            "a b c d e f g h i j k",
            await world.AskAsync("SELECT string_agg(event_id, ' ' ORDER BY event_id) FROM impressions")
        );
        // Positions are offsets, records of a message are told apart by their number in it.
        Assert.Equal(
            "b\t1\t0\nc\t1\t1\nh\t4\t1\nj\t6\t2",
            await world.AskAsync(
                "SELECT event_id, stream_offset, coalesce(stream_ordinal, 0) FROM impressions WHERE event_id IN ('b', 'c', 'h', 'j') ORDER BY 1"
            )
        );
        Assert.Equal(
            "2\t1",
            await world.AskAsync("SELECT (SELECT count(*) FROM clicks), (SELECT count(*) FROM conversions)")
        );
        Assert.Equal(
            "clicks_conversions\t1\t0\tunparseable\tempty\nclicks_conversions\t2\t1\tunparseable\ttimestamp;user_id;conversion_type\nimpressions\t6\t1\tunparseable\tempty\nimpressions\t9\t0\tunparseable\tempty",
            await world.AskAsync(
                "SELECT feed, stream_offset, coalesce(stream_ordinal, 0), reason, coalesce(header, 'empty') FROM rejects ORDER BY ALL"
            )
        );
        Assert.Equal(
            "10",
            await world.AskAsync(
                $"SELECT max(next_offset) FROM ingest_ledger WHERE stream LIKE '%{world.Impressions}%'"
            )
        );
    }

    [Fact]
    public async Task A_bad_record_is_in_the_rejects_and_among_the_dead_letters()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using (var producer = world.Producer())
        {
            world.Send(producer, world.Impressions, Encoding.UTF8.GetBytes(Impression("a")));
            world.Send(
                producer,
                world.Impressions,
                "{\"impression_id\":\"b\",\"timestamp\":\"yesterday\"}"u8.ToArray()
            );
            producer.Flush(TimeSpan.FromSeconds(30));
        }

        await world.RunAsync(world.Worker());
        var letter = Assert.Single(world.ReadLetters());
        Assert.Equal(
            "{\"impression_id\":\"b\",\"timestamp\":\"yesterday\"}",
            Encoding.UTF8.GetString(letter.Message.Value)
        );
        string Header(string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
        Assert.Equal(
            ("bad_time", "event_time", world.Impressions, "0", "1", "impressions"),
            (
                Header("adx.reason"),
                Header("adx.field"),
                Header("adx.topic"),
                Header("adx.partition"),
                Header("adx.offset"),
                Header("adx.contract")
            )
        );
        Assert.Equal((world.Impressions, "1"), (Header("__connect.errors.topic"), Header("__connect.errors.offset")));
        Assert.Equal("bad_time in event_time: expected ISO 8601 or an epoch, found yesterday", Header("adx.error"));
        Assert.Equal("1", await world.AskAsync("SELECT count(*) FROM rejects"));
    }

    [Fact]
    public async Task An_unknown_schema_waits_for_its_registry_and_is_a_reject_once_that_says_no()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using var feeds = await Feeds.GenerateAsync(1_000, seed: 4, "none");
        feeds.Produce(world);
        world.Registry.Add(Feeds.SchemaId, feeds.Schema);
        world.Registry.IsDown = true;
        using (var producer = world.Producer())
        {
            world.Send(producer, world.Bids, [0, 0, 0, 0, 99, 1, 2, 3]);
            producer.Flush(TimeSpan.FromSeconds(30));
        }

        using var worker = world.Start(world.Worker());
        var end = StreamWorld.EndAsync(worker);
        await WaitAsync(() => world.Registry.Asked >= 3);
        // A page that is not found says nothing about the schema.
        (world.Registry.IsLost, world.Registry.IsDown) = (true, false);
        var asked = world.Registry.Asked;
        await WaitAsync(() => world.Registry.Asked >= asked + 2);
        Assert.False(worker.HasExited);
        world.Registry.IsLost = false;
        Assert.Contains("\"outage\"", (await end).Errors, StringComparison.Ordinal);
        Assert.Equal(
            "unparseable\t8\t0000000063010203",
            await world.AskAsync("SELECT reason, length, lower(hex(raw)) FROM rejects")
        );
        await feeds.IngestAsync(world.Batch);
        Assert.NotEqual("0", await world.AskAsync("SELECT count(*) FROM bid_requests"));
    }

    [Fact]
    public async Task Records_of_aborted_transactions_are_no_records_and_markers_are_passed()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using (var producer = world.Producer($"tx-{Guid.NewGuid():N}"))
        {
            producer.InitTransactions(TimeSpan.FromSeconds(30));
            foreach (var (id, commits) in new[] { ("a", true), ("b", false), ("c", true), ("d", false) })
            {
                producer.BeginTransaction();
                world.Send(producer, world.Impressions, Encoding.UTF8.GetBytes(Impression(id)));
                producer.Flush(TimeSpan.FromSeconds(30));
                if (commits)
                    producer.CommitTransaction();
                else
                    producer.AbortTransaction();
            }
        }

        await world.RunAsync(world.Worker());
        Assert.Equal(
            "a c",
            await world.AskAsync("SELECT string_agg(event_id, ' ' ORDER BY event_id) FROM impressions")
        );
        // Four records, four markers.
        Assert.Equal("8", await world.AskAsync("SELECT max(next_offset) FROM ingest_ledger"));
    }

    [Fact]
    public async Task Removed_records_are_an_alarm_and_an_entry_of_the_ledger()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        Produce(world, "a", "b");
        await world.RunAsync(world.Worker());
        Produce(world, "c", "d", "e");
        using (var admin = server.Admin())
            await admin.DeleteRecordsAsync([new TopicPartitionOffset(world.Impressions, 0, 4)]);
        var told = (await world.RunAsync(world.Worker())).Errors;
        Assert.Contains("records_gone", told, StringComparison.Ordinal);
        Assert.Contains("offsets 2 to 3 (2) were removed", told, StringComparison.Ordinal);
        Assert.Equal(
            "a b e",
            await world.AskAsync("SELECT string_agg(event_id, ' ' ORDER BY event_id) FROM impressions")
        );
        Assert.Equal(
            "2\t4\t0",
            await world.AskAsync(
                "SELECT from_offset, next_offset, received FROM ingest_ledger WHERE correction = 'retention'"
            )
        );
        await world.AssertWholeAsync();
    }

    [Fact]
    public async Task A_topic_that_is_made_anew_under_a_worker_is_a_new_stream()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        Produce(world, "a", "b");
        using var worker = world.Start(world.Worker(once: false));
        var end = StreamWorld.EndAsync(worker);
        await WaitForAsync(world, "2");
        await RecreateAsync(world);
        Produce(world, "c", "d", "e", "f");
        await WaitForAsync(world, "6");
        Stop(worker);
        Assert.Contains("recreated", (await end).Errors, StringComparison.Ordinal);
        Assert.Equal("2", await world.AskAsync("SELECT count(DISTINCT stream) FROM impressions"));
        await world.AssertWholeAsync();
    }

    [Fact]
    public async Task A_topic_that_is_made_anew_with_as_many_records_is_a_new_stream_too()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        Produce(world, "a", "b");
        using var worker = world.Start(world.Worker(once: false));
        var end = StreamWorld.EndAsync(worker);
        await WaitForAsync(world, "2");
        await RecreateAsync(world);
        // The worker's position is the end of the new topic: the client has neither a record nor an error for it.
        Produce(world, "c", "d");
        await WaitForAsync(world, "4");
        Stop(worker);
        Assert.Contains("recreated", (await end).Errors, StringComparison.Ordinal);
        await world.AssertWholeAsync();
    }

    [Fact]
    public async Task Tombstones_headers_and_every_compression_are_read()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        var compressions = Enum.GetValues<CompressionType>();
        foreach (var compression in compressions)
        {
            using var producer = world.Producer(compression: compression);
            for (var i = 0; i < 20; i++)
                producer.Produce(
                    world.Impressions,
                    new Message<byte[]?, byte[]?>
                    {
                        Key = Encoding.UTF8.GetBytes($"user-{i}"),
                        Value = i % 5 == 4 ? null : Encoding.UTF8.GetBytes(Impression($"{compression}-{i}")),
                        Headers = new Headers { { "trace", [1, 2, 3] } },
                    }
                );
            producer.Flush(TimeSpan.FromSeconds(30));
        }

        await world.RunAsync(world.Worker());
        Assert.Equal(
            string.Join('\n', compressions.Select(each => $"{each}\t16").Order(StringComparer.Ordinal)),
            await world.AskAsync("SELECT split_part(event_id, '-', 1), count(*) FROM impressions GROUP BY 1 ORDER BY 1")
        );
        // Tombstones are no records, and are passed over.
        Assert.Equal(
            $"{compressions.Length * 20}\t{compressions.Length * 16}",
            await world.AskAsync("SELECT max(next_offset), sum(received) FROM ingest_ledger")
        );
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task Transactions_survive_workers_that_come_and_go(string protocol)
    {
        const int Transactions = 400;
        using var world = await StreamWorld.MakeAsync(server, partitions: 3);
        using var first = world.Start(world.Worker(once: false, protocol: protocol));
        var end = StreamWorld.EndAsync(first);
        using (var producer = world.Producer($"tx-{Guid.NewGuid():N}"))
        {
            producer.InitTransactions(TimeSpan.FromSeconds(30));
            using var second = world.Start(world.Worker(once: false, protocol: protocol));
            var secondEnd = StreamWorld.EndAsync(second);
            // A record, a marker, a record …: where a partition goes between two of them, neither is passed over.
            for (var i = 0; i < Transactions; i++)
            {
                producer.BeginTransaction();
                world.Send(producer, world.Impressions, Encoding.UTF8.GetBytes(Impression($"{i}")), i % 3);
                if (i % 10 == 9)
                    producer.AbortTransaction();
                else
                    producer.CommitTransaction();
                if (i == Transactions * 3 / 4)
                    Stop(second);
                await Task.Delay(15, TestContext.Current.CancellationToken);
            }

            await secondEnd;
        }

        Stop(first);
        await end;
        await world.RunAsync(world.Worker(protocol: protocol));
        Assert.Equal(
            $"{Transactions * 9 / 10}\t{Transactions * 9 / 10}",
            await world.AskAsync("SELECT count(*), count(DISTINCT event_id) FROM impressions")
        );
        await world.AssertWholeAsync();
    }

    [Fact]
    public async Task A_dead_letter_that_its_topic_does_not_take_is_cut_and_the_stream_goes_on()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using (var admin = server.Admin())
            await admin.IncrementalAlterConfigsAsync(
                new()
                {
                    [new ConfigResource { Type = ResourceType.Topic, Name = world.Letters }] =
                    [
                        new ConfigEntry
                        {
                            Name = "max.message.bytes",
                            Value = "20000",
                            IncrementalOperation = AlterConfigOpType.Set,
                        },
                    ],
                }
            );
        // Does not compress.
        var record = $$"""{"impression_id":"x","note":"{{Convert.ToHexString(Noise(150_000))}}"}""";
        using (var producer = world.Producer())
        {
            world.Send(producer, world.Impressions, Encoding.UTF8.GetBytes(record));
            producer.Flush(TimeSpan.FromSeconds(30));
        }

        await world.RunAsync(world.Worker());
        var letter = Assert.Single(world.ReadLetters());
        Assert.InRange(letter.Message.Value.Length, 8_000, 64 << 10);
        Assert.StartsWith(
            "{\"impression_id\":\"x\"",
            Encoding.UTF8.GetString(letter.Message.Value),
            StringComparison.Ordinal
        );
        Assert.Equal($"{record.Length}", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("adx.length")));
    }

    [Fact]
    public async Task What_a_client_property_may_not_say_stops_the_start()
    {
        using var world = await StreamWorld.MakeAsync(server, makeTopics: false);
        var worker = world.Worker();
        await File.WriteAllTextAsync(
            world.PathOf("client.properties"),
            "# of the cluster\nsocket.keepalive.enable=true\nauto.offset.reset=earliest\n"
        );

        var (code, _, errors) = await world.CommandAsync(worker);

        Assert.NotEqual(0, code);
        Assert.Contains(
            $"{world.PathOf("client.properties")}: auto.offset.reset may not be set; adx sets it, or has a key of its own for it",
            errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_commits_what_it_has_read()
    {
        using var world = await StreamWorld.MakeAsync(server);
        using var worker = world.Start(world.Worker(once: false, commitMilliseconds: 60_000));
        var end = StreamWorld.EndAsync(worker);
        await WaitAsync(() => Directory.Exists(Path.Combine(world.Lake, "impressions")));
        Produce(world, "a", "b", "c");
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        Stop(worker);
        await end;
        Assert.Equal("3", await world.AskAsync("SELECT count(*) FROM impressions"));
    }

    [Fact]
    public async Task Status_tells_how_far_each_partition_is()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        Produce(world, "a", "b");
        await world.RunAsync(world.Worker());
        Produce(world, "c");
        var worker = world.Worker();
        var status = JsonNode.Parse((await world.RunAsync(["stream", "status", .. worker[1..^1]])).Output)!.AsArray();
        var impressions = status.Single(each => (string)each!["topic"]! == world.Impressions)!;
        // The lake's newest event, which is of 2024.
        Assert.Equal("2024-03-01T10:00:00+00:00", (string)impressions["newest_event_time"]!);
        Assert.True((double)impressions["freshness_seconds"]! > 86_400);
        Assert.Null(status.Single(each => (string)each!["topic"]! == world.Bids)!["newest_event_time"]);
        Assert.Equal((2, 3, 1), ((int)impressions["position"]!, (int)impressions["end"]!, (int)impressions["lag"]!));
    }

    private static string Impression(string id) =>
        $$"""{"impression_id":"{{id}}","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}""";

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static void Produce(StreamWorld world, params string[] ids) => Produce(world, null, ids);

    private static void Produce(StreamWorld world, int? partition, params string[] ids)
    {
        using var producer = world.Producer();
        foreach (var id in ids)
            world.Send(producer, world.Impressions, Encoding.UTF8.GetBytes(Impression(id)), partition);
        producer.Flush(TimeSpan.FromSeconds(30));
    }

    private static void Stop(Process worker) => StreamWorld.Signal(worker, "TERM");

    private bool Exists(string name)
    {
        using var admin = server.Admin();
        return admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Any(topic => topic.Topic == name);
    }

    // With one partition.
    private async Task RecreateAsync(StreamWorld world)
    {
        using (var admin = server.Admin())
            await admin.DeleteTopicsAsync([world.Impressions]);
        await WaitAsync(() => !Exists(world.Impressions));
        await server.CreateAsync(1, world.Impressions);
    }

    private static async Task WaitForAsync(StreamWorld world, string impressions)
    {
        for (var started = Stopwatch.GetTimestamp(); ; )
        {
            await Task.Delay(300, TestContext.Current.CancellationToken);
            if (
                Directory.Exists(Path.Combine(world.Lake, "impressions", "_delta_log"))
                && Directory.Exists(Path.Combine(world.Lake, "rejects", "_delta_log"))
                && File.Exists(Path.Combine(world.Lake, "ingest_ledger", "_delta_log", $"{0:D20}.json"))
                && await world.AskAsync("SELECT count(*) FROM impressions") == impressions
            )
                return;
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < 90, "it takes too long");
        }
    }

    private static async Task WaitAsync(Func<bool> until)
    {
        for (var started = Stopwatch.GetTimestamp(); !until(); )
        {
            Assert.True(Stopwatch.GetElapsedTime(started).TotalSeconds < 90, "it takes too long");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
