using AdvertiseX.Cli.Demo;
using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.IntegrationTests.Cli;

/// <summary>The demo's comparison finds a truth that differs: otherwise its ticks would say nothing.</summary>
public sealed class TruthComparisonTests(SmallLake small) : IClassFixture<SmallLake>
{
    [Fact]
    public async Task The_true_truth_holds()
    {
        foreach (var finding in await CompareAsync("truth"))
            Assert.True(finding.Holds, finding.ToString());
    }

    [Theory]
    [InlineData("lines.csv", 0, "rejected")]
    [InlineData("clicks.csv", 1, "clicks")]
    [InlineData("conversions.csv", 2, "conversions")]
    [InlineData("credits.csv", 3, "touches")]
    [InlineData("campaigns.csv", 4, "campaign days")]
    public async Task A_truth_with_one_line_changed_or_missing_does_not(string file, int index, string what)
    {
        var truth = CopyOfTruth();
        var lines = File.ReadAllLines(Path.Combine(truth, file));
        var line = Array.FindIndex(
            lines,
            1,
            text => file != "lines.csv" || text.Contains("rejected", StringComparison.Ordinal)
        );
        File.WriteAllLines(Path.Combine(truth, file), lines.Where((_, number) => number != line));

        var missing = (await CompareAsync(Path.GetFileName(truth)))[index];
        lines[line] = Changed(file, lines[line]);
        File.WriteAllLines(Path.Combine(truth, file), lines);
        var changed = (await CompareAsync(Path.GetFileName(truth)))[index];

        Assert.StartsWith(what, missing.What, StringComparison.Ordinal);
        Assert.False(missing.Holds);
        Assert.Equal((missing.Expected, 1L), (missing.Equal, missing.Unexpected));
        Assert.False(changed.Holds);
        Assert.Equal((changed.Expected - 1, 1L), (changed.Equal, changed.Unexpected));
    }

    // Another value in the last column that is compared.
    private static string Changed(string file, string line)
    {
        var cells = line.Split(',');
        var cell = file switch
        {
            "lines.csv" => 6,
            "clicks.csv" => 2,
            "conversions.csv" => 2,
            _ => 13,
        };
        cells[cell] = file is "campaigns.csv" or "credits.csv" ? cells[cell] + "7" : "another";
        return string.Join(',', cells);
    }

    private string CopyOfTruth()
    {
        var copy = Path.Combine(small.Folder, "feeds", $"truth-{Guid.NewGuid():N}");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(small.Folder, "feeds", "truth")))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    private async Task<IReadOnlyList<TruthFinding>> CompareAsync(string truth)
    {
        var feeds = Path.Combine(small.Folder, "feeds");
        using var lake = await DataLake.OpenAsync(
            Path.Combine(small.Folder, "lake"),
            cancellation: TestContext.Current.CancellationToken
        );
        using var engine = new DuckDbEngine();
        return await new TruthComparison(engine, lake, feeds, Path.Combine(feeds, truth)).RunAsync(
            TestContext.Current.CancellationToken
        );
    }
}
