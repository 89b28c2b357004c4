using System.Diagnostics;
using System.Text;
using AdvertiseX.Ingestion;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Lake;
using AdvertiseX.Messages;
using AdvertiseX.Sources;
using AdvertiseX.Telemetry;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>A member of a consumer group, without the pipeline behind it.</summary>
[Collection(KafkaServer.Collection)]
public sealed class KafkaSourceTests(KafkaServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>librdkafka keeps the pause of a partition that is given up and opened again.</summary>
    [Fact]
    public async Task A_partition_that_was_given_up_during_a_pause_is_read_when_it_is_opened_anew()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using var lake = await DataLake.OpenAsync(world.Lake, create: true);
        var environment = EnvironmentOf(world, lake);
        using var letters = new DeadLetters(environment);
        using var source = new KafkaSource(environment, KafkaConfig.OfWorker(environment.Kafka, false), letters);
        var intake = new Intake();
        Send(world, world.Impressions, "a");
        ReadUntil(source, intake, () => intake.Offsets.Count == 1);

        source.IsPaused = true;
        source.Read(intake, TimeSpan.FromMilliseconds(100), all: true);
        Send(world, world.Impressions, "b");
        source.Read(intake, TimeSpan.FromSeconds(1), all: true);
        Assert.Equal([0], intake.Offsets);

        source.Restart([.. intake.Streams]);
        source.IsPaused = false;
        // The ledger does not hold the partition: it begins at its oldest record again.
        ReadUntil(source, intake, () => intake.Offsets.Count == 3);
        Assert.Equal([0, 0, 1], intake.Offsets);
        Assert.True(intake.Streams[0].IsGivenUp);
    }

    /// <summary>Where the time to commit runs out, some of the partitions that go may be in the ledger.</summary>
    [Fact]
    public async Task A_drain_without_enough_time_gives_up_what_is_not_committed()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 2);
        using var lake = await DataLake.OpenAsync(world.Lake, create: true);
        var told = new List<KafkaNotice>();
        var environment = EnvironmentOf(world, lake, world.Clicks) with { Notices = told.Add };
        using var letters = new DeadLetters(environment);
        using var source = new KafkaSource(environment, KafkaConfig.OfWorker(environment.Kafka, false), letters);
        var intake = new Intake { CommitsWhenDrained = $"{world.Clicks} [1]" };
        for (var partition = 0; partition < 2; partition++)
        {
            Send(world, world.Impressions, "a", partition);
            Send(world, world.Clicks, "b", partition);
        }

        ReadUntil(source, intake, () => intake.Offsets.Count == 4);
        using var ended = new CancellationTokenSource();
        var reading = Task.Run(() => TakeClicks(world, ended.Token));
        ReadUntil(source, intake, () => told.Count(notice => notice.Kind == KafkaNoticeKind.Revoked) == 2);
        await ended.CancelAsync();
        await reading;

        Assert.Equal(
            [
                $"gives up {world.Clicks} [1]",
                $"gives up {world.Clicks} [0]; what was not committed is read again by the next",
            ],
            told.Where(notice => notice.Kind == KafkaNoticeKind.Revoked).Select(notice => notice.Text)
        );
        Assert.All(
            intake.Streams,
            stream => Assert.Equal(stream.Name.StartsWith(world.Clicks, StringComparison.Ordinal), stream.IsGivenUp)
        );
    }

    private static void TakeClicks(StreamWorld world, CancellationToken stop)
    {
        using var member = world.Member("classic");
        member.Subscribe(world.Clicks);
        while (!stop.IsCancellationRequested)
            member.Consume(TimeSpan.FromMilliseconds(100));
        member.Close();
    }

    private static void ReadUntil(KafkaSource source, Intake intake, Func<bool> until)
    {
        for (var started = Stopwatch.GetTimestamp(); !until(); )
        {
            source.Read(intake, TimeSpan.FromMilliseconds(100), all: true);
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, "nothing is read");
        }
    }

    private static void Send(StreamWorld world, string topic, string id, int partition = 0)
    {
        using var producer = world.Producer();
        world.Send(producer, topic, Encoding.UTF8.GetBytes($$"""{"impression_id":"{{id}}"}"""), partition);
        producer.Flush(TimeSpan.FromSeconds(30));
    }

    private static WorkerEnvironment EnvironmentOf(StreamWorld world, DataLake lake, string clicks = "")
    {
        var kafka = new KafkaOptions
        {
            Brokers = world.Server.Brokers,
            Group = world.Group,
            ImpressionsTopic = world.Impressions,
            ClicksConversionsTopic = clicks,
            BidRequestsTopic = "",
            DeadLetterTopic = "",
        };
        return new(
            new IngestEnvironment(lake),
            kafka,
            KafkaFeed.AllOf(kafka),
            KnownSchemas.Shipped,
            LiveTelemetry.Default,
            _ => { }
        );
    }

    private sealed class Intake : ILiveIntake
    {
        /// <summary>Offsets of the messages that came, in order.</summary>
        public List<long> Offsets { get; } = [];

        public List<ILiveStream> Streams { get; } = [];

        /// <summary>A drain commits this partition and none else; all if empty.</summary>
        public string CommitsWhenDrained { get; init; } = "";

        public void Add(ILiveStream stream, CutBlock block)
        {
            using var bytes = block.Block;
            for (var i = 0; i < bytes.Messages!.Count; i++)
                Offsets.Add(bytes.Messages[i].Offset);
            if (!Streams.Contains(stream))
                Streams.Add(stream);
        }

        public bool Drain()
        {
            foreach (var stream in Streams.Where(stream => stream.Name == CommitsWhenDrained))
                stream.CommittedAsync(1, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return CommitsWhenDrained.Length == 0;
        }
    }
}
