using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>One real broker on 127.0.0.1 for all tests of a run. It ends with the fixture.</summary>
public sealed class KafkaServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-kafka-").FullName;
    private Process? _process;

    /// <summary>The name of the collection of tests that share it.</summary>
    public const string Collection = "Kafka";

    public string Brokers { get; private set; } = "";

    /// <summary>Skips a test where there is no Kafka.</summary>
    public void Require() =>
        Assert.SkipWhen(
            KafkaRuntime.Home is null,
            $"no Kafka here: set {KafkaRuntime.Variable} to the folder of one (with libs/*.jar), and have Java 17"
        );

    public async ValueTask InitializeAsync()
    {
        if (KafkaRuntime.Home is not { } home)
            return;
        var (port, controller) = (FreePort(), FreePort());
        Brokers = $"127.0.0.1:{port}";
        var properties = Path.Combine(_folder, "server.properties");
        await File.WriteAllTextAsync(
            properties,
            $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
            controller.listener.names=CONTROLLER
            log.dirs={Path.Combine(_folder, "data")}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=4
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            transaction.state.log.num.partitions=4
            group.initial.rebalance.delay.ms=0
            group.min.session.timeout.ms=1000
            group.consumer.min.session.timeout.ms=1000
            group.consumer.session.timeout.ms=6000
            group.consumer.heartbeat.interval.ms=500
            group.consumer.min.heartbeat.interval.ms=200
            log.retention.check.interval.ms=1000
            auto.create.topics.enable=false
            """
        );
        await JavaAsync(home, "kafka.tools.StorageTool", "format", "-t", Id(), "-c", properties);
        _process = Java(home, "kafka.Kafka", properties);
        _ = _process.StandardOutput.ReadToEndAsync();
        _ = _process.StandardError.ReadToEndAsync();
        await UntilItAnswersAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Stops the broker where it is, for a test of an outage; <see cref="Resume"/> must follow.</summary>
    public void Pause() => StreamWorld.Signal(_process!, "STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => StreamWorld.Signal(_process!, "CONT");

    /// <summary>Makes topics.</summary>
    public async Task CreateAsync(int partitions, params string[] names)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync(
            names.Select(name => new TopicSpecification
            {
                Name = name,
                NumPartitions = partitions,
                ReplicationFactor = 1,
            })
        );
    }

    public IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Brokers })
            .SetLogHandler((_, _) => { })
            .Build();

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    // An id as Kafka writes them: 16 bytes in base 64.
    private static string Id() =>
        Convert.ToBase64String(Guid.NewGuid().ToByteArray())[..22].Replace('+', 'a').Replace('/', 'b');

    private static async Task JavaAsync(string home, params string[] args)
    {
        using var process = Java(home, args);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{args[0]}: {await output}{await errors}");
    }

    private static Process Java(string home, params string[] args) =>
        Process.Start(
            new ProcessStartInfo(
                "java",
                [
                    "-Xmx512m",
                    $"-Dlog4j2.configurationFile={Path.Combine(home, "config", "log4j2.properties")}",
                    "-cp",
                    Path.Combine(home, "libs", "*"),
                    .. args,
                ]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    private async Task UntilItAnswersAsync()
    {
        using var admin = Admin();
        for (var started = Stopwatch.GetTimestamp(); ; )
        {
            try
            {
                admin.GetMetadata(TimeSpan.FromSeconds(5));
                return;
            }
            catch (KafkaException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                Assert.False(_process!.HasExited, "Kafka ended");
                await Task.Delay(200);
            }
        }
    }
}
