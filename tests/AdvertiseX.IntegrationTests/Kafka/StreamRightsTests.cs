using System.Diagnostics;
using Confluent.Kafka.Admin;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Workers whose rights and credentials at the brokers are not what they need.</summary>
public sealed class StreamRightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-rights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_topic_of_dead_letters_that_may_not_be_written_is_an_alarm_and_passed_over()
    {
        await using var server = await SecuredKafkaServer.StartAsync();
        await MakeTopicsAsync(server);
        await server.SetPasswordAsync("worker", "right");
        using (var admin = server.Admin())
            await admin.CreateAclsAsync([
                Right("ad-dead-letters", AclOperation.Write, AclPermissionType.Deny),
                Right("ad-dead-letters", AclOperation.All, AclPermissionType.Allow),
            ]);
        await server.SendAsync("ad-impressions", Impression("a"), "{\"broken");

        var result = await Cli.AdxProcess.RunAsync(_folder, [.. Worker(server, "right"), "--once"]);

        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("\"level\":\"error\",\"event\":\"dead_letters_off\"", result.Error, StringComparison.Ordinal);
        Assert.Equal(
            "1\t1",
            await AskAsync("SELECT (SELECT count(*) FROM impressions), (SELECT count(*) FROM rejects)")
        );
    }

    [Fact]
    public async Task Credentials_that_are_renewed_under_a_worker_are_read_anew()
    {
        await using var server = await SecuredKafkaServer.StartAsync();
        await MakeTopicsAsync(server);
        await server.SetPasswordAsync("worker", "first");
        await server.SendAsync("ad-impressions", Impression("a"));
        using var worker = Cli.AdxProcess.Start(
            _folder,
            "dotnet",
            [Cli.AdxProcess.Program, .. Worker(server, "first")]
        );
        worker.StandardInput.Close();
        var output = worker.StandardOutput.ReadToEndAsync();
        var errors = worker.StandardError.ReadToEndAsync();
        try
        {
            await UntilAsync("1");
            // The broker asks for the password again after three seconds.
            await server.SetPasswordAsync("worker", "second");
            await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
            await server.SendAsync("ad-impressions", Impression("b"));
            Assert.False(worker.HasExited);
            WriteProperties("second");
            await UntilAsync("2");
            StreamWorld.Signal(worker, "TERM");
            await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!worker.HasExited)
                worker.Kill();
        }

        Assert.True(worker.ExitCode == 0, await output + await errors);
        Assert.Contains("\"part\":\"session\"", await errors, StringComparison.Ordinal);
    }

    private async Task UntilAsync(string impressions)
    {
        for (var started = Stopwatch.GetTimestamp(); ; )
        {
            if (
                Directory.Exists(Path.Combine(_folder, "lake", "impressions", "_delta_log"))
                && Directory.Exists(Path.Combine(_folder, "lake", "rejects", "_delta_log"))
                && await AskAsync("SELECT count(*) FROM impressions") == impressions
            )
                return;
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(90), "it takes too long");
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }
    }

    private static async Task MakeTopicsAsync(SecuredKafkaServer server)
    {
        using var admin = server.Admin();
        string[] names = ["ad-impressions", "clicks-conversions", "bid-requests", "ad-dead-letters"];
        await admin.CreateTopicsAsync(
            names.Select(name => new TopicSpecification
            {
                Name = name,
                NumPartitions = 1,
                ReplicationFactor = 1,
            })
        );
    }

    private static AclBinding Right(string topic, AclOperation operation, AclPermissionType permission) =>
        new()
        {
            Pattern = new()
            {
                Type = ResourceType.Topic,
                Name = topic,
                ResourcePatternType = ResourcePatternType.Literal,
            },
            Entry = new()
            {
                Principal = "User:worker",
                Host = "*",
                Operation = operation,
                PermissionType = permission,
            },
        };

    private string[] Worker(SecuredKafkaServer server, string password)
    {
        var config = Path.Combine(_folder, "config.json");
        WriteProperties(password);
        File.WriteAllText(
            config,
            $$"""
            {
              "kafka": { "brokers": "{{server.Brokers}}", "properties_file": "{{Path.Combine(_folder, "p")}}" },
              "live": { "commit_ms": 200 }, "telemetry": { "log_format": "json" }
            }
            """
        );
        return ["stream", "--config", config, "--lake", Path.Combine(_folder, "lake")];
    }

    private void WriteProperties(string password) =>
        File.WriteAllText(
            Path.Combine(_folder, "p"),
            $"security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\nsasl.username=worker\nsasl.password={password}\n"
        );

    private async Task<string> AskAsync(string sql)
    {
        using var lake = await AdvertiseX.Lake.DataLake.OpenAsync(Path.Combine(_folder, "lake"));
        return (await Lake.LakeAnswers.ReadAsync(lake, sql)).TrimEnd('\n');
    }

    private static string Impression(string id) =>
        $$"""{"impression_id":"{{id}}","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}""";
}
