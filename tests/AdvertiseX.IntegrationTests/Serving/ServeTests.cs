using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AdvertiseX.IntegrationTests.Cli;
using AdvertiseX.IntegrationTests.Lake;
using AdvertiseX.Lake;

namespace AdvertiseX.IntegrationTests.Serving;

/// <summary><c>adx serve</c> as its users have it: in a process of its own, which is killed.</summary>
public sealed class ServeTests : IDisposable
{
    private const int Senders = 8;
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-serve-").FullName;

    private string LakePath => Path.Combine(_folder, "lake");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_acknowledged_event_is_in_the_lake_once_however_often_the_process_is_killed()
    {
        var rounds = int.Parse(
            Environment.GetEnvironmentVariable("ADX_KILL_ROUNDS") ?? "10",
            CultureInfo.InvariantCulture
        );
        var acknowledged = new ConcurrentBag<string>();
        var random = new Random(7);
        for (var round = 0; round < rounds; round++)
        {
            using var served = await new ServedProcess(LakePath, "--models", "1s").ListensAsync();
            using var stop = new CancellationTokenSource();
            var sending = Enumerable
                .Range(0, Senders)
                .Select(sender => SendAsync(served, $"r{round}s{sender}", acknowledged, stop.Token))
                .ToList();
            await Task.Delay(random.Next(200, 3000), TestContext.Current.CancellationToken);
            served.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(sending);
        }

        using (var last = await new ServedProcess(LakePath).ListensAsync())
        {
            // Its own event is behind all others.
            var answer = await last.PostAsync("/v1/impressions", Impression("last"), ("Prefer", "wait=commit"));
            Assert.Equal(HttpStatusCode.OK, answer!.StatusCode);
            await last.StopAsync();
        }

        using var lake = await DataLake.OpenAsync(LakePath);
        var ids = (await LakeAnswers.ReadAsync(lake, "SELECT event_id FROM impressions")).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Empty(acknowledged.Except(ids));
        Assert.InRange(acknowledged.Count, rounds * Senders, int.MaxValue);
        // Nobody sent anything twice, so nothing may have been read twice.
        var sums = await LakeAnswers.ReadAsync(lake, "SELECT sum(duplicate), sum(rejected) FROM ingest_ledger");
        Assert.Equal("0\t0", sums.Trim());
        Assert.True((await LakeVerifier.RunAsync(lake)).Holds);
        Assert.Empty(Directory.GetFiles(LakePath + ".spool", "*.segment"));
    }

    [Fact]
    public async Task A_process_that_is_told_to_stop_commits_and_another_knows_its_keys()
    {
        using (var first = await new ServedProcess(LakePath).ListensAsync())
        {
            var kept = await first.PostAsync("/v1/impressions", Impression("a"), ("Idempotency-Key", "k"));
            Assert.Equal(HttpStatusCode.Accepted, kept!.StatusCode);
            await first.StopAsync();
        }

        Assert.Empty(Directory.GetFiles(LakePath + ".spool", "*.segment"));
        using var second = await new ServedProcess(LakePath).ListensAsync();
        var again = await second.PostAsync("/v1/impressions", Impression("a"), ("Idempotency-Key", "k"));
        var answer = JsonNode.Parse(await again!.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.True((bool)answer["repeated"]!);
        await second.StopAsync();
    }

    [Fact]
    public async Task Marts_follow_and_the_registry_and_the_pages_are_there()
    {
        using var served = await new ServedProcess(LakePath, "--models", "1s").ListensAsync();
        var kept = await served.PostAsync("/v1/impressions", Impression("a"), ("Prefer", "wait=commit"));
        Assert.Equal(HttpStatusCode.OK, kept!.StatusCode);
        Assert.Equal("[]", await served.Http.GetStringAsync("/subjects", TestContext.Current.CancellationToken));
        Assert.Contains(
            "\"ready\"",
            await served.Http.GetStringAsync("/health/ready", TestContext.Current.CancellationToken)
        );
        Assert.Contains(
            "adx_ingest_records_total",
            await served.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken)
        );
        for (var i = 0; i < 100; i++)
        {
            var rows = await AdxProcess.RunAsync(
                _folder,
                "query",
                "SELECT sum(impressions) FROM campaign_performance",
                "--lake",
                LakePath,
                "--format",
                "csv"
            );
            if (rows.Output.Split("\r\n") is [_, "1", ..])
                break;
            Assert.True(i < 99, rows.Output + rows.Error + served.Said);
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }

        await served.StopAsync();
    }

    [Fact]
    public async Task A_spool_has_one_process_and_an_address_is_of_loop_back()
    {
        using var served = await new ServedProcess(LakePath).ListensAsync();
        var second = await AdxProcess.RunAsync(_folder, "serve", "--lake", LakePath, "--listen", "127.0.0.1:0");
        Assert.Equal(1, second.Code);
        Assert.Contains("spool.path", second.Error);
        var open = await AdxProcess.RunAsync(_folder, "serve", "--lake", LakePath, "--listen", "0.0.0.0:8080");
        Assert.Equal(2, open.Code);
        Assert.Contains("--listen is \"0.0.0.0:8080\"; allowed: an address and port of loop-back", open.Error);
    }

    private static string Impression(string id) =>
        $$"""{"impression_id":"{{id}}","timestamp":"2026-11-01T10:00:00Z","creative_id":"c","campaign_id":"k","user_id":"u"}""";

    private static async Task SendAsync(
        ServedProcess served,
        string name,
        ConcurrentBag<string> acknowledged,
        CancellationToken stop
    )
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            string[] ids = [.. Enumerable.Range(0, (i % 5) + 1).Select(part => $"{name}-{i}-{part}")];
            using var answer = await served.PostAsync("/v1/impressions", string.Join('\n', ids.Select(Impression)));
            if (answer is null)
                return;
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            foreach (var id in ids)
                acknowledged.Add(id);
        }
    }
}
