using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Real brokers on 127.0.0.1 for all tests of a run; one as a fixture of <see cref="KafkaCollection"/>. They
/// end with the object.</summary>
public sealed class KafkaServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-kafka-").FullName;
    private readonly (int Port, int Controller)[] _ports;
    private readonly Process?[] _processes;

    public KafkaServer()
        : this(1) { }

    /// <param name="brokers">One, or three that keep each topic three times and acknowledge what two have.</param>
    internal KafkaServer(int brokers)
    {
        _ports = [.. Enumerable.Range(0, brokers).Select(_ => (FreePort.Next(), FreePort.Next()))];
        _processes = new Process?[brokers];
    }

    /// <summary>The name of the collection of tests that share a broker.</summary>
    public const string Collection = "Kafka";

    public string Brokers => string.Join(',', _ports.Select(each => $"127.0.0.1:{each.Port}"));

    private short Replication => (short)_ports.Length;

    private int InSync => _ports.Length == 1 ? 1 : 2;

    /// <summary>Skips a test where there is no Kafka.</summary>
    public void Require() => KafkaRuntime.Require();

    public async ValueTask InitializeAsync()
    {
        if (KafkaRuntime.Home is null)
            return;
        var cluster = Id();
        await Task.WhenAll(Enumerable.Range(0, _ports.Length).Select(broker => FormatAsync(cluster, broker)));
        for (var broker = 0; broker < _ports.Length; broker++)
            Start(broker);
        await UntilItAnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        for (var broker = 0; broker < _processes.Length; broker++)
            await KillAsync(broker);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Stops the broker where it is, for a test of an outage; <see cref="Resume"/> must follow.</summary>
    public void Pause() => StreamWorld.Signal(_processes[0]!, "STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => StreamWorld.Signal(_processes[0]!, "CONT");

    /// <summary>Ends a broker as a loss of power does.</summary>
    public async Task KillAsync(int broker)
    {
        if (_processes[broker] is not { } process)
            return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        _processes[broker] = null;
    }

    /// <summary>Starts a broker that was killed.</summary>
    public void Start(int broker) => _processes[broker] = KafkaRuntime.StartBroker(PropertiesOf(broker));

    /// <summary>The broker that leads most of a topic's partitions.</summary>
    internal int LeaderOf(string topic)
    {
        using var admin = Admin();
        return admin
                .GetMetadata(topic, TimeSpan.FromSeconds(10))
                .Topics.Single()
                .Partitions.GroupBy(partition => partition.Leader)
                .MaxBy(leader => leader.Count())!
                .Key - 1;
    }

    /// <summary>Makes topics.</summary>
    public async Task CreateAsync(int partitions, params string[] names)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync(
            names.Select(name => new TopicSpecification
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = Replication,
                Configs = new() { ["min.insync.replicas"] = $"{InSync}" },
            })
        );
    }

    public IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Brokers })
            .SetLogHandler((_, _) => { })
            .Build();

    private string PropertiesOf(int broker) => Path.Combine(_folder, $"server-{broker}.properties");

    private async Task FormatAsync(string cluster, int broker)
    {
        var (port, controller) = _ports[broker];
        var voters = _ports.Select((each, i) => $"{i + 1}@127.0.0.1:{each.Controller}");
        await File.WriteAllTextAsync(
            PropertiesOf(broker),
            $"""
            process.roles=broker,controller
            node.id={broker + 1}
            controller.quorum.voters={string.Join(',', voters)}
            listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
            controller.listener.names=CONTROLLER
            log.dirs={Path.Combine(_folder, $"data-{broker}")}
            broker.session.timeout.ms=3000
            broker.heartbeat.interval.ms=500
            offsets.topic.replication.factor={Replication}
            offsets.topic.num.partitions=4
            transaction.state.log.replication.factor={Replication}
            transaction.state.log.min.isr={InSync}
            transaction.state.log.num.partitions=4
            group.initial.rebalance.delay.ms=0
            group.min.session.timeout.ms=1000
            group.consumer.min.session.timeout.ms=1000
            group.consumer.session.timeout.ms=3000
            group.consumer.heartbeat.interval.ms=500
            group.consumer.min.heartbeat.interval.ms=200
            log.retention.check.interval.ms=1000
            auto.create.topics.enable=false
            """
        );
        await KafkaRuntime.FormatAsync(cluster, PropertiesOf(broker));
    }

    // An id as Kafka writes them: 16 bytes in base 64.
    private static string Id() =>
        Convert.ToBase64String(Guid.NewGuid().ToByteArray())[..22].Replace('+', 'a').Replace('/', 'b');

    private async Task UntilItAnswersAsync()
    {
        using var admin = Admin();
        for (var started = Stopwatch.GetTimestamp(); ; await Task.Delay(200))
        {
            Assert.All(_processes, process => Assert.False(process!.HasExited, "Kafka ended"));
            try
            {
                if (admin.GetMetadata(TimeSpan.FromSeconds(5)).Brokers.Count == _ports.Length)
                    return;
            }
            catch (KafkaException) when (Stopwatch.GetElapsedTime(started) < Patience) { }

            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "Kafka does not answer");
        }
    }
}
