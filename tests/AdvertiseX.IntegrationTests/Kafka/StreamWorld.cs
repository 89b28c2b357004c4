using System.Diagnostics;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.IntegrationTests.Lake;
using AdvertiseX.Lake;
using Confluent.Kafka;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Topics of one test, a lake, a registry, and workers between them.</summary>
internal sealed class StreamWorld : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-stream-").FullName;
    private readonly KafkaServer _server;
    private readonly string _name = Guid.NewGuid().ToString("N")[..8];
    private int _configs;

    private StreamWorld(KafkaServer server) => _server = server;

    public string Impressions => $"ad-impressions-{_name}";

    public string Clicks => $"clicks-conversions-{_name}";

    public string Bids => $"bid-requests-{_name}";

    public string Letters => $"ad-dead-letters-{_name}";

    public string Group => $"adx-{_name}";

    public string TopicOf(string feed) =>
        feed switch
        {
            "impressions" => Impressions,
            "clicks_conversions" => Clicks,
            _ => Bids,
        };

    public string Lake => Path.Combine(_folder, "lake");

    public string Batch => Path.Combine(_folder, "batch");

    public RegistryStub Registry { get; } = new();

    /// <summary>Address of the registry that workers and producers ask in place of the stub; null for the
    /// stub.</summary>
    public string? RegistryUrl { get; set; }

    public KafkaServer Server => _server;

    public static async Task<StreamWorld> MakeAsync(
        KafkaServer server,
        int partitions = 4,
        bool makeTopics = true,
        int clicks = 0,
        int bids = 0
    )
    {
        server.Require();
        var world = new StreamWorld(server);
        if (!makeTopics)
            return world;
        await server.CreateAsync(partitions, world.Impressions);
        await server.CreateAsync(clicks > 0 ? clicks : partitions, world.Clicks);
        await server.CreateAsync(bids > 0 ? bids : partitions, world.Bids);
        await server.CreateAsync(1, world.Letters);
        return world;
    }

    /// <summary>Arguments of a worker.</summary>
    public string[] Worker(
        bool once = true,
        string protocol = "classic",
        int commitMilliseconds = 200,
        long commitBytes = 1 << 20,
        string schemas = "",
        string models = ""
    ) =>
        [
            "stream",
            "--config",
            Config(protocol, commitMilliseconds, commitBytes, registry: schemas.Length == 0, schemas: schemas),
            "--lake",
            Lake,
            "--json",
            .. once ? new[] { "--once" } : [],
            .. models.Length > 0 ? new[] { "--models", models } : [],
        ];

    /// <summary>Writes a configuration with the topics of this world; its path.</summary>
    /// <param name="protocol">Of the consumer group.</param>
    /// <param name="commitMilliseconds">A worker's interval.</param>
    /// <param name="commitBytes">What a worker has in memory at most before it commits.</param>
    /// <param name="registry">Whether there is a registry.</param>
    /// <param name="schemas">Folder of schemas.</param>
    /// <param name="sections">More sections, each with a comma before it.</param>
    public string Config(
        string protocol = "classic",
        int commitMilliseconds = 200,
        long commitBytes = 1 << 20,
        bool registry = true,
        string schemas = "",
        string sections = ""
    )
    {
        var config = Path.Combine(_folder, $"config-{Interlocked.Increment(ref _configs)}.json");
        var properties = Path.Combine(_folder, "client.properties");
        // A member that was killed leaves its partitions after a second or two.
        if (protocol == "classic")
            File.WriteAllText(properties, "session.timeout.ms=1500\nheartbeat.interval.ms=300\n");
        File.WriteAllText(
            config,
            $$"""
            {
              "kafka": {
                "brokers": "{{_server.Brokers}}", "group": "{{Group}}", "group_protocol": "{{protocol}}",
                "properties_file": "{{(protocol == "classic" ? properties : "")}}",
                "impressions_topic": "{{Impressions}}", "clicks_conversions_topic": "{{Clicks}}",
                "bid_requests_topic": "{{Bids}}", "dead_letter_topic": "{{Letters}}"
              },
              "live": { "commit_ms": {{commitMilliseconds}}, "commit_bytes": {{commitBytes}}, "drain_seconds": 20 },
              "registry": { "url": "{{(
                registry ? RegistryUrl ?? Registry.Url : ""
            )}}", "schema_folder": "{{schemas}}" }{{sections}}
            }
            """
        );
        return config;
    }

    /// <summary>A file of this world.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>What stands in a file of this world; empty if it is not there.</summary>
    public string TextOf(string name) => File.Exists(PathOf(name)) ? File.ReadAllText(PathOf(name)) : "";

    /// <summary>Runs a command in this process; its exit code and what it printed.</summary>
    public async Task<(int Code, string Output, string Errors)> CommandAsync(
        string[] args,
        CancellationToken cancellation = default
    )
    {
        using var output = new MemoryStream();
        using var errors = new StringWriter { NewLine = "\n" };
        using var terminal = new AdvertiseX.Cli.Terminal(output, errors, _ => null);
        var code = await AdvertiseX.Cli.CommandLine.RunAsync(args, terminal, cancellation);
        return (code, System.Text.Encoding.UTF8.GetString(output.ToArray()), errors.ToString());
    }

    /// <summary>A worker in a process of its own.</summary>
    public Process Start(string[] worker, params (string Name, string Value)[] variables) =>
        Cli.AdxProcess.Start(_folder, "dotnet", [Cli.AdxProcess.Program, .. worker], variables);

    /// <summary>Runs a worker to its end; what it printed.</summary>
    public async Task<(string Output, string Errors)> RunAsync(string[] worker)
    {
        using var process = Start(worker);
        return await EndAsync(process);
    }

    /// <summary>Waits for a worker; what it printed. Fails unless it ended well.</summary>
    public static async Task<(string Output, string Errors)> EndAsync(Process process)
    {
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"a worker did not end: {await output}{await errors}");
        }

        Assert.True(process.ExitCode == 0, $"a worker ended with {process.ExitCode}: {await output}{await errors}");
        return (await output, await errors);
    }

    public static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public IProducer<byte[]?, byte[]?> Producer(
        string? transaction = null,
        CompressionType compression = CompressionType.Zstd
    ) => new ProducerBuilder<byte[]?, byte[]?>(
            new ProducerConfig
            {
                BootstrapServers = _server.Brokers,
                CompressionType = compression,
                LingerMs = 20,
                TransactionalId = transaction,
                MessageMaxBytes = 10 << 20,
            }
        ).SetLogHandler((_, _) => { }).Build();

    /// <summary>A member of the workers' group that brings nothing into the lake.</summary>
    public IConsumer<Ignore, Ignore> Member(string protocol)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = _server.Brokers,
            GroupId = Group,
            EnableAutoCommit = false,
        };
        if (protocol == "consumer")
            config.GroupProtocol = GroupProtocol.Consumer;
        else
            config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        return new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>Sends a message; the partition goes round.</summary>
    public void Send(IProducer<byte[]?, byte[]?> producer, string topic, byte[]? value, int? partition = null)
    {
        var message = new Message<byte[]?, byte[]?> { Value = value };
        while (true)
        {
            try
            {
                producer.Produce(new TopicPartition(topic, partition ?? Partition.Any), message);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>Dead letters that were sent so far.</summary>
    public List<ConsumeResult<byte[], byte[]>> ReadLetters() => ReadPartition(Letters, 0);

    /// <summary>What a partition holds.</summary>
    public List<ConsumeResult<byte[], byte[]>> ReadPartition(string topic, int partition)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = _server.Brokers,
                GroupId = $"letters-{Guid.NewGuid():N}",
                EnablePartitionEof = true,
                EnableAutoCommit = false,
            }
        ).Build();
        consumer.Assign(new TopicPartitionOffset(topic, partition, Offset.Beginning));
        var letters = new List<ConsumeResult<byte[], byte[]>>();
        while (consumer.Consume(TimeSpan.FromSeconds(30)) is { IsPartitionEOF: false } letter)
            letters.Add(letter);
        consumer.Close();
        return letters;
    }

    /// <summary>Fails unless the lake is whole, and has the facts and the counts that a load of files has.</summary>
    public async Task AssertSameAsBatchAsync(Feeds feeds)
    {
        await AssertSameFactsAsync(feeds);
        await AssertSameSumsAsync(feeds, "sum(received), sum(accepted), sum(duplicate), sum(rejected), sum(filtered)");
    }

    /// <summary>The same, where records may have come several times.</summary>
    public async Task AssertSameFactsAsync(Feeds feeds)
    {
        await AssertWholeAsync();
        await LakeAnswers.AssertEqualAsync(await feeds.BatchAsync(), Lake);
        await AssertSameSumsAsync(feeds, "sum(accepted), sum(filtered)");
    }

    /// <summary>Fails unless the lake is whole: ledger balanced for each stream, every file there and added once, every
    /// id once.</summary>
    public async Task AssertWholeAsync()
    {
        using var lake = await DataLake.OpenAsync(Lake);
        var report = await LakeVerifier.RunAsync(lake);
        Assert.True(report.Holds, string.Join('\n', report.Problems));
        Assert.Equal(
            "",
            await LakeAnswers.ReadAsync(
                lake,
                "SELECT stream, kind FROM ingest_ledger GROUP BY ALL "
                    + "HAVING sum(received) <> sum(accepted) + sum(duplicate) + sum(rejected) + sum(filtered)"
            )
        );
        foreach (var table in FactTables.All.Where(table => table.Has("event_id")))
            Assert.Equal(
                "0\n",
                await LakeAnswers.ReadAsync(lake, $"SELECT count(*) - count(DISTINCT event_id) FROM {table.Name}")
            );
        await AssertAddedOnceAsync(lake);
    }

    /// <summary>Every staged file is added once in the whole log of its table; late rows come in files of their
    /// dates.</summary>
    private async Task AssertAddedOnceAsync(DataLake lake)
    {
        var added = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var table in Directory.GetDirectories(Lake).Select(folder => Path.GetFileName(folder)))
        foreach (var line in LogOf(table).SelectMany(File.ReadLines))
            if (JsonNode.Parse(line)!["add"]?["path"] is { } path)
            {
                var key = $"{table}/{Uri.UnescapeDataString((string)path!)}";
                added[key] = added.GetValueOrDefault(key) + 1;
            }

        Assert.DoesNotContain(added, each => each.Value > 1);
        var staged = 0;
        for (var version = 0L; version <= lake.Ledger.Version; version++)
            foreach (var file in (await lake.Ledger.ReadEntryAsync(version))?.Files ?? [])
            {
                staged++;
                if (!file.IsLate)
                    Assert.True(added.ContainsKey(file.Key), $"{file.Key} was staged and never added");
            }

        Assert.NotEqual(0, staged);
    }

    private string[] LogOf(string table) =>
        Path.Combine(Lake, table, "_delta_log") is var log && Directory.Exists(log)
            ? Directory.GetFiles(log, "*.json")
            : [];

    private async Task AssertSameSumsAsync(Feeds feeds, string sums)
    {
        using var lake = await DataLake.OpenAsync(Lake);
        using var batch = await DataLake.OpenAsync(await feeds.BatchAsync());
        var question = $"SELECT kind, {sums} FROM ingest_ledger WHERE kind IS NOT NULL GROUP BY kind ORDER BY kind";
        Assert.Equal(await LakeAnswers.ReadAsync(batch, question), await LakeAnswers.ReadAsync(lake, question));
    }

    public async Task<string> AskAsync(string sql)
    {
        using var lake = await DataLake.OpenAsync(Lake);
        return (await LakeAnswers.ReadAsync(lake, sql)).TrimEnd('\n');
    }

    public void Dispose()
    {
        Registry.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
