using System.Collections.Concurrent;
using System.Diagnostics;
using AdvertiseX.IntegrationTests.Cli;
using AdvertiseX.Lake;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>Processes that ingest, run, compact, vacuum, query and report one lake at once, files being deleted as soon
/// as they are merged: none fails, and every table is that of one after the other.</summary>
public sealed class ManyProcessesTests : IDisposable
{
    /// <summary>For how long; as long as the feeds take where it is not given. Ten with <c>./build.sh
    /// soak</c>.</summary>
    public const string MinutesVariable = "ADX_SOAK_MINUTES";

    private const int Writers = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-processes-").FullName;
    private readonly ConcurrentQueue<(string Command, string Fault)> _faults = new();
    private readonly ConcurrentDictionary<string, int> _done = new();
    private readonly TimeSpan _time = TimeSpan.FromMinutes(
        double.Parse(Environment.GetEnvironmentVariable(MinutesVariable) ?? "0")
    );

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task None_fails_and_the_answers_are_those_of_one_after_the_other()
    {
        await RequireAsync(
            "generate",
            "--out",
            "feeds",
            "--impressions",
            _time > TimeSpan.Zero ? "20000" : "4000",
            "--seed",
            "3",
            "--max-file-bytes",
            "400000"
        );
        var files = new[] { "impressions", "clicks_conversions", "bid_requests" }
            .SelectMany(feed => Directory.GetFiles(Path.Combine(_folder, "feeds", feed)))
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.True(files.Count > Writers, $"{files.Count}");
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "eager.json"),
            """{"compaction":{"min_files":4,"closed_files":2},"retention":{"files_hours":0,"compacted_hours":0}}"""
        );
        foreach (var lake in new[] { "alone", "many" })
            await RequireAsync("reference", "load", "feeds/reference", "--lake", lake, "--no-models");
        await RequireAsync(["ingest", .. files, "--lake", "alone"]);
        // So that there is something to report.
        await RequireAsync("run", "--lake", "many");

        using var done = new CancellationTokenSource();
        var others = Task.WhenAll(
            RepeatAsync(done.Token, "run"),
            RepeatAsync(done.Token, "run"),
            RepeatAsync(done.Token, "lake", "compact"),
            RepeatAsync(done.Token, "lake", "vacuum"),
            RepeatAsync(done.Token, "query", "SELECT count(*), count(DISTINCT event_id) FROM impressions"),
            RepeatAsync(done.Token, "report", "campaigns", "--by", "day")
        );
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable.Range(0, Writers).Select(writer => IngestAsync(files, writer, () => clock.Elapsed < _time))
        );
        await done.CancelAsync();
        await others;

        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Join(", ", _done.OrderBy(each => each.Key).Select(each => $"{each.Value} {each.Key}"))
        );
        Assert.True(
            _faults.IsEmpty,
            string.Join(
                '\n',
                _faults
                    .GroupBy(fault => fault.Command)
                    .Select(kind =>
                        $"{kind.Count()} {kind.Key}: {string.Join("\n  ", kind.Select(each => each.Fault).Distinct().Take(5))}"
                    )
            )
        );
        await RequireAsync("run", "--lake", "many");
        await LakeAnswers.AssertEqualAsync(Path.Combine(_folder, "alone"), Path.Combine(_folder, "many"));
        await RequireAsync("lake", "verify", "--lake", "many");
        using var open = await DataLake.OpenAsync(
            Path.Combine(_folder, "many"),
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Contains(
            await LakeHistory.ReadAsync(open.Table("impressions"), 1_000),
            commit => commit.Operation == "OPTIMIZE"
        );
    }

    // First the writer's own files, then, under other names, those of all.
    private async Task IngestAsync(List<string> files, int writer, Func<bool> goesOn)
    {
        foreach (var file in files.Where((_, i) => i % Writers == writer))
            await RunAsync("ingest", file, "--no-models", "--lake", "many", "--config", "eager.json");
        var random = new Random(writer);
        for (var copy = 0; goesOn(); copy++)
        {
            var file = files[random.Next(files.Count)];
            var name = $"{Path.GetFileNameWithoutExtension(file)}-{writer}-{copy}{Path.GetExtension(file)}";
            var again = Path.Combine(Path.GetDirectoryName(file)!, name);
            File.Copy(file, again);
            await RunAsync("ingest", again, "--no-models", "--lake", "many", "--config", "eager.json");
        }
    }

    private async Task RepeatAsync(CancellationToken done, params string[] command)
    {
        while (!done.IsCancellationRequested)
            await RunAsync([.. command, "--lake", "many", "--config", "eager.json"]);
    }

    private async Task RunAsync(params string[] args)
    {
        var command = args[0] == "lake" ? $"lake {args[1]}" : args[0];
        var result = await AdxProcess.RunAsync(_folder, args);
        _done.AddOrUpdate(command, 1, (_, count) => count + 1);
        if (result.Code != 0 || result.Error.Contains("broke off", StringComparison.Ordinal))
            _faults.Enqueue((command, $"{result.Code} {result.Error}"));
    }

    private async Task RequireAsync(params string[] args)
    {
        var result = await AdxProcess.RunAsync(_folder, args);
        Assert.True(result.Code == 0, $"adx {string.Join(' ', args)}: {result.Code} {result.Error}");
    }
}
