using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>What those see who watch a worker: metrics, health, log, and its end on signals.</summary>
[Collection(KafkaServer.Collection)]
public sealed class StreamWatchTests(KafkaServer server)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Metrics_count_what_was_streamed_and_every_one_has_its_help()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 2);
        using var worker = new WatchedWorker(world, world.Worker(once: false));
        Assert.Equal(HttpStatusCode.OK, (await worker.GetAsync("/health/live")).Code);
        await worker.UntilReadyAsync();
        Assert.Equal("""{"status":"ready","reasons":[]}""", (await worker.GetAsync("/health/ready")).Body);
        Produce(world, [.. Enumerable.Range(0, 50).Select(i => Impression($"{i}")), Impression("7"), "{\"broken"]);
        await worker.UntilAsync(async () =>
            await worker.MetricAsync("adx_ingest_records_total") == 52
            && await worker.MetricAsync("adx_live_dead_letters_total") == 1
        );
        Assert.Equal(50, await worker.MetricAsync(Records("accepted")));
        Assert.Equal(1, await worker.MetricAsync(Records("duplicate")));
        Assert.Equal(1, await worker.MetricAsync(Records("rejected")));
        // One observation for each event of the table, the copy too.
        Assert.Equal(51, await worker.MetricAsync("adx_live_freshness_seconds_count"));
        Assert.True(await worker.MetricAsync("adx_live_bytes_total") > 50 * 60);
        Assert.True(await worker.MetricAsync("adx_ingest_commit_duration_seconds_count") >= 1);
        Assert.Equal(6, await worker.MetricAsync("adx_live_partitions"));
        Assert.True(await worker.MetricAsync("adx_live_worker_events_total") >= 1);
        Assert.True(await worker.MetricAsync("dotnet_process_memory_working_set_bytes") > 1 << 20);
        var page = (await worker.GetAsync("/metrics")).Body;
        var helped = Names(page, "# HELP ");
        Assert.Empty(Names(page, "# TYPE ").Except(helped));
        Assert.Contains("adx_live_lag", helped);
    }

    [Fact]
    public async Task The_page_of_metrics_is_as_promtool_wants_it()
    {
        Assert.SkipWhen(Promtool is null, "no promtool here: the package prometheus has it");
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using var worker = new WatchedWorker(world, [.. world.Worker(once: false), "--models", "1s"]);
        await worker.UntilReadyAsync();
        Produce(world, Impression("a"), "{\"broken");
        await worker.UntilAsync(async () => await worker.MetricAsync("adx_models_runs_total") >= 1);
        var page = (await worker.GetAsync("/metrics")).Body;
        using var promtool = Process.Start(
            new ProcessStartInfo(Promtool!, ["check", "metrics"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        await promtool.StandardInput.WriteAsync(page);
        promtool.StandardInput.Close();
        var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(promtool.ExitCode == 0, said + page);
    }

    [Fact]
    public async Task A_worker_is_not_ready_while_the_registry_or_the_brokers_do_not_answer()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using var worker = new WatchedWorker(world, world.Worker(once: false));
        await worker.UntilReadyAsync();
        world.Registry.IsDown = true;
        using (var producer = world.Producer())
        {
            world.Send(producer, world.Bids, [0, 0, 0, 0, 99, 1, 2, 3]);
            producer.Flush(Soon);
        }

        await worker.UntilNotReadyAsync("outage", "registry");
        // Without commits that is a reason of its own in time.
        await worker.UntilNotReadyAsync("no_commits");
        world.Registry.IsDown = false;
        await worker.UntilReadyAsync();
        Assert.NotEmpty(worker.Events("recovered"));
        server.Pause();
        try
        {
            await worker.UntilNotReadyAsync("outage", "brokers");
            Assert.Equal(HttpStatusCode.OK, (await worker.GetAsync("/health/live")).Code);
        }
        finally
        {
            server.Resume();
        }

        await worker.UntilReadyAsync();
        worker.Signal("TERM");
        Assert.Equal(0, await worker.EndAsync(Soon));
        Assert.All(
            worker.Lines,
            line =>
            {
                Assert.True(
                    DateTimeOffset.TryParse((string)line["time"]!, CultureInfo.InvariantCulture, out _),
                    line.ToJsonString()
                );
                Assert.Contains((string)line["level"]!, (string[])["info", "warning", "error"]);
                Assert.False(string.IsNullOrEmpty((string)line["text"]!), line.ToJsonString());
            }
        );
        var outage = worker.Events("outage").First();
        Assert.Equal("warning", (string)outage["level"]!);
        Assert.Equal("registry", (string)outage["fields"]!["part"]!);
    }

    [Fact]
    public async Task The_first_SIGTERM_commits_what_was_read_and_a_second_one_ends_at_once_without_loss()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using (var first = new WatchedWorker(world, world.Worker(once: false, commitMilliseconds: 600_000)))
        {
            await first.UntilReadyAsync();
            Produce(world, Impression("a"), Impression("b"));
            await first.UntilAsync(async () => await first.MetricAsync("adx_live_lag") == 0);
            await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
            first.Signal("TERM");
            Assert.Equal(0, await first.EndAsync(Soon));
        }

        Assert.Equal("a b", await IdsAsync(world));
        using (var second = new WatchedWorker(world, world.Worker(once: false, commitMilliseconds: 600_000)))
        {
            await second.UntilReadyAsync();
            Produce(world, Impression("c"), Impression("d"));
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            server.Pause();
            try
            {
                second.Signal("TERM");
                // The commit waits for the brokers.
                await second.UntilNotReadyAsync("stopping");
                await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
                Assert.False(second.Process.HasExited);
                second.Signal("TERM");
                Assert.NotEqual(0, await second.EndAsync(TimeSpan.FromSeconds(5)));
            }
            finally
            {
                server.Resume();
            }
        }

        Assert.Equal("a b", await IdsAsync(world));
        await world.RunAsync(world.Worker());
        Assert.Equal("a b c d", await IdsAsync(world));
        await world.AssertWholeAsync();
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_start()
    {
        using var world = await StreamWorld.MakeAsync(server, partitions: 1);
        using var worker = new WatchedWorker(world, world.Worker(once: false));
        await worker.GetAsync("/health/live");
        var address = ((string)worker.Events("listening").First()["fields"]!["address"]!)["http://".Length..];
        var (code, _, errors) = await world.CommandAsync([.. world.Worker(), "--metrics-listen", address]);
        Assert.Equal(1, code);
        var line = JsonNode.Parse(errors)!;
        Assert.Equal(("error", "failed"), ((string)line["level"]!, (string)line["event"]!));
        Assert.Contains(address, (string)line["text"]!, StringComparison.Ordinal);
    }

    private static string? Promtool =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "promtool"))
            .FirstOrDefault(File.Exists);

    private static string Records(string verdict) =>
        // Labels stand in the order in which they were given.
        $"adx_ingest_records_total{{otel_scope_name=\"AdvertiseX.Ingestion\",kind=\"impressions\",verdict=\"{verdict}\"";

    private static List<string> Names(string page, string begin) =>
        [
            .. page.Split('\n')
                .Where(line => line.StartsWith(begin, StringComparison.Ordinal))
                .Select(line => line[begin.Length..].Split(' ')[0]),
        ];

    private static async Task<string> IdsAsync(StreamWorld world) =>
        await world.AskAsync("SELECT string_agg(event_id, ' ' ORDER BY event_id) FROM impressions");

    private static string Impression(string id) =>
        $$"""{"impression_id":"{{id}}","timestamp":"2024-03-01T10:00:00Z","creative_id":"c"}""";

    private static void Produce(StreamWorld world, params IEnumerable<string> messages)
    {
        using var producer = world.Producer();
        foreach (var message in messages)
            world.Send(producer, world.Impressions, Encoding.UTF8.GetBytes(message));
        producer.Flush(Soon);
    }
}
