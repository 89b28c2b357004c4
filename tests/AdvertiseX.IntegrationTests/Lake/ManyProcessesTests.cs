using AdvertiseX.IntegrationTests.Cli;
using AdvertiseX.Lake;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>Processes that ingest, run, compact, vacuum and query one lake at once: none fails, and the answers are
/// those of one after the other.</summary>
public sealed class ManyProcessesTests : IDisposable
{
    private const string Answer =
        "SELECT campaign_id, local_date, impressions, clicks, tagged_conversions FROM campaign_performance ORDER BY ALL";

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-processes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task None_fails_and_the_answers_are_those_of_one_after_the_other()
    {
        await RunAsync(
            "generate",
            "--out",
            "feeds",
            "--impressions",
            "4000",
            "--seed",
            "3",
            "--max-file-bytes",
            "400000"
        );
        var files = new[] { "impressions", "clicks_conversions" }
            .SelectMany(feed => Directory.GetFiles(Path.Combine(_folder, "feeds", feed)))
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.True(files.Count > 3, $"{files.Count}");
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "eager.json"),
            """{"compaction":{"min_files":4,"closed_files":2}}"""
        );
        foreach (var lake in new[] { "alone", "many" })
            await RunAsync("reference", "load", "feeds/reference", "--lake", lake, "--no-models");
        await RunAsync(["ingest", .. files, "--lake", "alone"]);

        using var done = new CancellationTokenSource();
        var others = Task.WhenAll(
            RepeatAsync(done.Token, "run"),
            RepeatAsync(done.Token, "lake", "compact"),
            RepeatAsync(done.Token, "lake", "vacuum"),
            RepeatAsync(done.Token, "query", "SELECT count(*) FROM impressions")
        );
        await Task.WhenAll(
            Enumerable.Range(0, 2).Select(writer => IngestAsync(files.Where((_, i) => i % 2 == writer)))
        );
        await done.CancelAsync();
        await others;

        await RunAsync("run", "--lake", "many");
        Assert.Equal(
            await RunAsync("query", Answer, "--format", "csv", "--lake", "alone"),
            await RunAsync("query", Answer, "--format", "csv", "--lake", "many")
        );
        await RunAsync("lake", "verify", "--lake", "many");
        using var open = await DataLake.OpenAsync(
            Path.Combine(_folder, "many"),
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Contains(
            await LakeHistory.ReadAsync(open.Table("impressions"), 1_000),
            commit => commit.Operation == "OPTIMIZE"
        );
    }

    private async Task IngestAsync(IEnumerable<string> files)
    {
        foreach (var file in files)
            await RunAsync("ingest", file, "--no-models", "--lake", "many", "--config", "eager.json");
    }

    private async Task RepeatAsync(CancellationToken done, params string[] command)
    {
        while (!done.IsCancellationRequested)
            await RunAsync([.. command, "--lake", "many", "--config", "eager.json"]);
    }

    private async Task<string> RunAsync(params string[] args)
    {
        var result = await AdxProcess.RunAsync(_folder, args);
        Assert.True(result.Code == 0, $"adx {string.Join(' ', args)}: {result.Code} {result.Error}");
        Assert.DoesNotContain("broke off", result.Error, StringComparison.Ordinal);
        return result.Output;
    }
}
