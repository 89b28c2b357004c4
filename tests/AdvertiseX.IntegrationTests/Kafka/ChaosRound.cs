using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Something that happens to workers while records come, and what must hold afterwards.</summary>
/// <param name="World">Topics, lake, workers.</param>
/// <param name="Feeds">What is produced.</param>
/// <param name="Protocol">Of the group.</param>
/// <param name="Random">Of the seed.</param>
internal sealed record ChaosRound(StreamWorld World, Feeds Feeds, string Protocol, Random Random)
{
    // Of the topic of impressions.
    private const int Partitions = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Workers are killed, each at a step, while another runs or none.</summary>
    /// <returns>The steps at which they were killed indeed.</returns>
    public async Task<IReadOnlyList<string>> KillAtAsync(IReadOnlyList<(string Step, int Hit)> steps)
    {
        var reached = new List<string>();
        using var other = Random.Next(2) == 0 ? Start() : null;
        for (var i = 0; i < steps.Count; i++)
        {
            using var victim = new WorkerProcess(World, Worker(), steps[i].Step, steps[i].Hit);
            await victim.WaitForAsync("\"assigned\"", Patience);
            await Feeds.ProduceAsync(World, TimeSpan.FromSeconds(1), i, steps.Count);
            if (await KilledAsync(victim, steps[i].Step))
                reached.Add(steps[i].Step);
            else if (!victim.HasExited)
                victim.Kill();
            await victim.EndAsync();
        }

        await LeaveAsync(other);
        await FinishAsync();
        await World.AssertSameAsBatchAsync(Feeds);
        return reached;
    }

    /// <summary>Two workers, killed again and again at any moment.</summary>
    public async Task KillAtAnyMomentAsync()
    {
        var producing = Feeds.ProduceAsync(World, TimeSpan.FromSeconds(5));
        using (var other = Start())
        {
            for (var i = 0; i < 3; i++)
            {
                using var victim = Start();
                await Task.Delay(Random.Next(600, 3000), Cancellation);
                victim.Kill();
                await victim.EndAsync();
            }

            other.Kill();
        }

        await producing;
        await FinishAsync();
        await World.AssertSameAsBatchAsync(Feeds);
    }

    /// <summary>A worker comes or goes about every second.</summary>
    public async Task JoinAndLeaveAsync()
    {
        var producing = Feeds.ProduceAsync(World, TimeSpan.FromSeconds(7));
        var members = new Queue<WorkerProcess>([Start(), Start()]);
        for (var i = 0; i < 6; i++)
        {
            await Task.Delay(1000, Cancellation);
            if (members.Count < 2 || (members.Count < 3 && Random.Next(2) == 0))
            {
                members.Enqueue(Start());
                continue;
            }

            using var leaves = members.Dequeue();
            leaves.Signal("TERM");
            await leaves.EndAsync();
        }

        await producing;
        foreach (var member in members)
            await LeaveAsync(member);
        await FinishAsync();
        await World.AssertSameAsBatchAsync(Feeds);
    }

    /// <summary>A worker stops where it is, for longer than its session, and wakes.</summary>
    public async Task SleepPastSessionAsync()
    {
        using var other = Start();
        using var victim = Start();
        await victim.WaitForAsync("\"assigned\"", Patience);
        var producing = Feeds.ProduceAsync(World, TimeSpan.FromSeconds(3));
        await Task.Delay(Random.Next(0, 2500), Cancellation);
        victim.Signal("STOP");
        await Task.Delay(Protocol == "classic" ? 3000 : 5000, Cancellation);
        await producing;
        victim.Signal("CONT");
        await Task.Delay(Random.Next(0, 2000), Cancellation);
        await LeaveAsync(victim);
        await LeaveAsync(other);
        await FinishAsync();
        await World.AssertSameAsBatchAsync(Feeds);
    }

    /// <summary>Another member, which only wants the topic of bid requests, takes its one partition of eight from a
    /// worker, commits nothing, and leaves, between any two messages.</summary>
    public async Task TakeOnePartitionAsync()
    {
        using var worker = Start();
        Assert.True(await worker.WaitForAsync("\"assigned\"", Patience), worker.Said);
        var producing = Feeds.ProduceAsync(World, TimeSpan.FromSeconds(6));
        var taken = 0;
        while (!producing.IsCompleted)
            taken += await TakeAndLeaveAsync() ? 1 : 0;
        await producing;
        Assert.NotEqual(0, taken);
        // The other seven stay.
        var revoked = worker.Said.Split('\n').Where(line => line.Contains("gives up", StringComparison.Ordinal));
        Assert.All(revoked, line => Assert.DoesNotContain(World.Impressions, line, StringComparison.Ordinal));
        await LeaveAsync(worker);
        await FinishAsync();
        await World.AssertSameAsBatchAsync(Feeds);
    }

    /// <summary>The topic of impressions is deleted and made again under running workers, and everything sent
    /// again.</summary>
    public async Task RecreateTopicAsync()
    {
        using var worker = Start();
        await worker.WaitForAsync("\"assigned\"", Patience);
        await Feeds.ProduceAsync(World, TimeSpan.FromSeconds(1), 0, 2);
        await Task.Delay(Random.Next(0, 1500), Cancellation);
        using (var admin = World.Server.Admin())
        {
            await admin.DeleteTopicsAsync([World.Impressions]);
            while (Exists(admin))
                await Task.Delay(50, Cancellation);
        }

        await World.Server.CreateAsync(Partitions, World.Impressions);
        await Feeds.ProduceAsync(World, TimeSpan.FromSeconds(1));
        // A topic that was revoked when it was deleted is found again with the next look at the metadata.
        Assert.True(await worker.WaitForAsync("\"recreated\"", TimeSpan.FromSeconds(60)), worker.Said);
        await LeaveAsync(worker);
        await FinishAsync();
        await World.AssertSameFactsAsync(Feeds);
        await AssertCountsAsync(gone: 0, isRecreated: true);
    }

    /// <summary>Records are removed that no worker has read.</summary>
    public async Task RemoveRecordsAsync()
    {
        await Feeds.ProduceAsync(World, TimeSpan.Zero, 0, 3);
        await FinishAsync();
        await Feeds.ProduceAsync(World, TimeSpan.Zero, 1, 3);
        var position = await PositionsAsync();
        var removed = Enumerable
            .Range(0, Partitions)
            .Where(partition => partition % 2 == Random.Next(2) || partition == 0)
            .Select(partition =>
                (
                    Partition: partition,
                    To: position[partition] + Random.Next(1, (int)(EndOf(partition) - position[partition]))
                )
            )
            .ToList();
        using (var admin = World.Server.Admin())
            await admin.DeleteRecordsAsync(
                removed.Select(each => new TopicPartitionOffset(World.Impressions, each.Partition, each.To))
            );
        using var worker = Start();
        Assert.True(await worker.WaitForAsync("\"records_gone\"", TimeSpan.FromSeconds(30)), worker.Said);
        await Feeds.ProduceAsync(World, TimeSpan.FromSeconds(1));
        await LeaveAsync(worker);
        await FinishAsync();
        await World.AssertSameFactsAsync(Feeds);
        await AssertCountsAsync(removed.Sum(each => each.To - position[each.Partition]), isRecreated: false);
    }

    /// <summary>Everything is sent twice while the same files are loaded into the lake.</summary>
    public async Task BringTwiceAndTwoWaysAsync()
    {
        using var other = Start();
        using var worker = Start();
        var producing = Feeds.ProduceAsync(World, TimeSpan.FromSeconds(3));
        await Task.Delay(Random.Next(0, 2000), Cancellation);
        await Feeds.IngestAsync(World.Lake);
        await Feeds.ProduceAsync(World, TimeSpan.FromSeconds(1));
        await producing;
        await LeaveAsync(worker);
        await LeaveAsync(other);
        await FinishAsync();
        await World.AssertSameFactsAsync(Feeds);
        await AssertCountsAsync(gone: 0, isRecreated: false);
    }

    /// <summary>Every reject of a live stream is among the dead letters, by its position.</summary>
    public async Task AssertLettersAsync()
    {
        // Those of a worker that was killed between commit and letters are sent by the next owner of its partitions,
        // which it keeps until its session is over.
        if (await CountMissingLettersAsync() == 0)
            return;
        await Task.Delay(TimeSpan.FromSeconds(4), Cancellation);
        await FinishAsync();
        Assert.Equal(0, await CountMissingLettersAsync());
    }

    private async Task<int> CountMissingLettersAsync()
    {
        var rejects = await World.AskAsync(
            "SELECT DISTINCT split_part(stream, '/', 3) || ' ' || split_part(stream, '/', 5) || ' ' || stream_offset || ' ' || coalesce(stream_ordinal, 0) "
                + "FROM rejects WHERE stream LIKE 'kafka/%'"
        );
        var letters = World
            .ReadLetters()
            .Select(letter =>
                string.Join(
                    ' ',
                    new[] { "adx.topic", "adx.partition", "adx.offset", "adx.ordinal" }.Select(name =>
                        Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name))
                    )
                )
            )
            .ToHashSet(StringComparer.Ordinal);
        return rejects.Split('\n').Count(reject => reject.Length > 0 && !letters.Contains(reject));
    }

    private string[] Worker(bool once = false) => World.Worker(once, Protocol);

    private WorkerProcess Start() => new(World, Worker());

    /// <summary>A worker reads what is left, and ends.</summary>
    private async Task FinishAsync() => await World.RunAsync(Worker(once: true));

    private static async Task LeaveAsync(WorkerProcess? member)
    {
        if (member is null)
            return;
        if (!member.HasExited)
            member.Signal("TERM");
        await member.EndAsync();
        member.Dispose();
    }

    private async Task<bool> KilledAsync(WorkerProcess victim, string step)
    {
        // Partitions leave it.
        using var joins = step == "kafka: drained" ? Start() : null;
        if (await victim.HasEndedInAsync(TimeSpan.FromSeconds(joins is null ? 3 : 6)))
            return true;
        // Late rows are written at the end.
        victim.Signal("TERM");
        return await victim.HasEndedInAsync(Patience) && !victim.HasEndedWell;
    }

    private async Task<bool> TakeAndLeaveAsync()
    {
        using var member = World.Member(Protocol);
        member.Subscribe(World.Bids);
        await Task.Run(() =>
        {
            for (var tries = 0; tries < 300 && member.Assignment.Count == 0; tries++)
                member.Consume(TimeSpan.FromMilliseconds(50));
        });
        var isTaken = member.Assignment.Count > 0;
        await Task.Delay(Random.Next(0, 300), Cancellation);
        member.Close();
        return isTaken;
    }

    private bool Exists(IAdminClient admin) =>
        admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Any(topic => topic.Topic == World.Impressions);

    // Of impressions a message is a record.
    private async Task AssertCountsAsync(long gone, bool isRecreated)
    {
        var streams = await World.AskAsync(
            "SELECT stream, sum(received), max(next_offset), sum(next_offset - from_offset) FILTER (correction = 'retention') FROM ingest_ledger "
                + $"WHERE stream LIKE 'kafka/%/{World.Impressions}/%' GROUP BY stream"
        );
        var (ends, missing) = (0L, 0L);
        foreach (var stream in streams.Split('\n').Select(line => line.Split('\t')))
        {
            var removed = stream[3].Length == 0 ? 0 : Number(stream[3]);
            Assert.True(Number(stream[1]) + removed == Number(stream[2]), streams);
            (ends, missing) = (ends + Number(stream[2]), missing + removed);
        }

        var produced = Enumerable.Range(0, Partitions).Sum(EndOf);
        Assert.Equal(gone, missing);
        if (isRecreated)
            Assert.True(ends >= produced, $"{streams}\nproduced {produced}");
        else
            Assert.Equal(produced, ends);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private async Task<Dictionary<int, long>> PositionsAsync()
    {
        var rows = await World.AskAsync(
            $"SELECT split_part(stream, '/', 5), max(next_offset) FROM ingest_ledger WHERE stream LIKE 'kafka/%/{World.Impressions}/%' GROUP BY 1"
        );
        return rows.Split('\n')
            .Select(row => row.Split('\t'))
            .ToDictionary(row => (int)Number(row[0]), row => Number(row[1]));
    }

    private long EndOf(int partition)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig { BootstrapServers = World.Server.Brokers, GroupId = $"{World.Group}-ends" }
        ).Build();
        return consumer
            .QueryWatermarkOffsets(new TopicPartition(World.Impressions, partition), TimeSpan.FromSeconds(10))
            .High.Value;
    }
}
