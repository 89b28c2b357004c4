using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>A real broker whose clients log in with SCRAM and may do what lists of rights allow. It ends with the
/// object.</summary>
internal sealed class SecuredKafkaServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-kafka-").FullName;
    private Process? _process;
    private readonly string _open;

    private SecuredKafkaServer(int open, int secured, int controller)
    {
        (_open, Brokers) = ($"127.0.0.1:{open}", $"127.0.0.1:{secured}");
        File.WriteAllText(
            Properties,
            $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            listeners=PLAINTEXT://{_open},SECURED://{Brokers},CONTROLLER://127.0.0.1:{controller}
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_PLAINTEXT
            listener.name.secured.sasl.enabled.mechanisms=SCRAM-SHA-256
            listener.name.secured.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
            connections.max.reauth.ms=3000
            controller.listener.names=CONTROLLER
            inter.broker.listener.name=PLAINTEXT
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            allow.everyone.if.no.acl.found=true
            super.users=User:ANONYMOUS
            log.dirs={Path.Combine(_folder, "data")}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            """
        );
    }

    /// <summary>Where clients have to log in.</summary>
    public string Brokers { get; }

    private string Properties => Path.Combine(_folder, "server.properties");

    /// <summary>Starts a broker; skips the test where there is no Kafka.</summary>
    public static async Task<SecuredKafkaServer> StartAsync()
    {
        KafkaRuntime.Require();
        var server = new SecuredKafkaServer(FreePort.Next(), FreePort.Next(), FreePort.Next());
        await KafkaRuntime.FormatAsync("MkU3OEVBNTcwNTJENDM2Qg", server.Properties);
        server._process = KafkaRuntime.StartBroker(server.Properties);
        using var admin = server.Admin();
        for (var started = Stopwatch.GetTimestamp(); ; )
        {
            try
            {
                admin.GetMetadata(TimeSpan.FromSeconds(5));
                return server;
            }
            catch (KafkaException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                Assert.False(server._process!.HasExited, "Kafka ended");
                await Task.Delay(200);
            }
        }
    }

    /// <summary>An administrator, who need not log in.</summary>
    public IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _open }).SetLogHandler((_, _) => { }).Build();

    /// <summary>Gives a user a password, in place of an earlier one.</summary>
    public async Task SetPasswordAsync(string user, string password)
    {
        using var admin = Admin();
        await admin.AlterUserScramCredentialsAsync([
            new UserScramCredentialUpsertion
            {
                User = user,
                ScramCredentialInfo = new() { Mechanism = ScramMechanism.ScramSha256, Iterations = 4096 },
                Password = System.Text.Encoding.UTF8.GetBytes(password),
            },
        ]);
    }

    public async Task SendAsync(string topic, params string[] messages)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = _open })
            .SetLogHandler((_, _) => { })
            .Build();
        foreach (var message in messages)
            await producer.ProduceAsync(topic, new() { Value = message });
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
}
