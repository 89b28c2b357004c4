using System.Diagnostics;
using AdvertiseX.Lake;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>A process killed between any two steps of a commit: the next one finishes, nothing is lost, nothing
/// doubled.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Killed = 137;
    private const int Rows = CrashingWriter.Batches * CrashingWriter.RecordsPerBatch;

    private readonly TestLake _test = new();

    public void Dispose() => _test.Dispose();

    public static TheoryData<string, int> Steps
    {
        get
        {
            var steps = new TheoryData<string, int>();
            // Hits count puts while the lake is made (5 tables, ledger), in batches (ledger, table), and at the
            // checkpoint.
            foreach (var step in new[] { "put: temporary file written", "put: linked", "put: directory flushed" })
            foreach (var hit in new[] { 1, 7, 8, 26 })
                steps.Add(step, hit);
            foreach (
                var step in new[]
                {
                    "ledger: rows written",
                    "ledger: committed",
                    "commit: in the log",
                    "apply: table committed",
                }
            )
            foreach (var hit in new[] { 1, 10 })
                steps.Add(step, hit);
            return steps;
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_killed_writer_leaves_nothing_lost_and_nothing_doubled(string step, int hit)
    {
        Assert.Equal(Killed, await RunWriterAsync(step, hit));
        await CrashingWriter.WriteAsync(_test.Folder);
        await AssertWholeAsync();
    }

    [Fact]
    public async Task Many_processes_at_once_some_of_them_killed_lose_and_double_nothing()
    {
        (await _test.OpenAsync()).Dispose();
        var writers = await Task.WhenAll(
            RunWriterAsync("ledger: committed", 2),
            RunWriterAsync("put: linked", 5),
            RunWriterAsync("none", 0),
            RunWriterAsync("none", 0)
        );
        Assert.Equal([0, 0], writers[2..]);
        await CrashingWriter.WriteAsync(_test.Folder);
        await AssertWholeAsync();
    }

    private async Task AssertWholeAsync()
    {
        using var lake = await _test.OpenAsync(create: false);
        Assert.Equal(Rows, lake.Table("impressions").Summary().Rows);
        Assert.Equal(CrashingWriter.Batches, lake.Table("impressions").Summary().Files);
        Assert.Equal(CrashingWriter.Batches, lake.Table("impressions").Delta.Latest.Version);
        var report = await LakeVerifier.RunAsync(lake);
        Assert.Empty(report.Problems);
    }

    /// <summary>This very program, told to run the writer alone. Returns its exit code.</summary>
    private async Task<int> RunWriterAsync(string step, int hit)
    {
        using var process = new Process();
        process.StartInfo = new(
            "dotnet",
            [
                typeof(CrashTests).Assembly.Location,
                "-explicit",
                "only",
                "-method",
                $"{typeof(CrashingWriter).FullName}.{nameof(CrashingWriter.Writes_until_it_is_killed_or_done)}",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process.StartInfo.Environment[CrashingWriter.FolderVariable] = _test.Folder;
        process.StartInfo.Environment[CrashingWriter.StepVariable] = step;
        process.StartInfo.Environment[CrashingWriter.HitVariable] = hit.ToString();
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode is 0 or Killed, await output + await errors);
        return process.ExitCode;
    }
}
