using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;

namespace AdvertiseX.Tests.Ingestion;

/// <summary>
/// Pairs of files in golden/ingest: an input (with a contract of its own where one stands beside it), and what is in
/// the lake afterwards: a line for each row of a fact table and each reject, then the counts. The clock stands at
/// 2024-03-10, records may have 300 bytes. <c>exemplary</c> reads as documentation, <c>supplemental</c> holds edges.
/// ADX_WRITE_GOLDEN=1 writes missing expectations.
/// </summary>
public class IngestGoldenTests
{
    private static readonly string Root = FindRoot();

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        foreach (
            var file in Directory
                .EnumerateFiles(Root, "*.input.*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
            cases.Add(Path.GetRelativePath(Root, file));
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Golden(string input) =>
        ExpectAsync(
            input,
            new IngestOptions
            {
                AnySize = true,
                Framing = new() { MaxRecordBytes = 300 },
            }
        );

    [Theory(Explicit = true)]
    [MemberData(nameof(Cases))]
    public Task Golden_in_many_small_blocks_and_commits(string input) =>
        ExpectAsync(
            input,
            new IngestOptions
            {
                AnySize = true,
                CommitUnitBytes = 1,
                BlocksInFlight = 3,
                Framing = new() { BlockBytes = 512, MaxRecordBytes = 300 },
            }
        );

    private static async Task ExpectAsync(string input, IngestOptions options)
    {
        var path = Path.Combine(Root, input);
        var expectedPath = path[..path.IndexOf(".input.", StringComparison.Ordinal)] + ".expected.ndjson";
        var lines = await IngestAsync(path, options);
        if (!File.Exists(expectedPath) && Environment.GetEnvironmentVariable("ADX_WRITE_GOLDEN") == "1")
            await File.WriteAllLinesAsync(expectedPath, lines);
        Assert.Equal(File.ReadLines(expectedPath).Where(l => l.Length > 0), lines);
    }

    private static async Task<List<string>> IngestAsync(string path, IngestOptions options)
    {
        using var ingest = new TempIngest { Options = options };
        var contract = path[..path.IndexOf(".input.", StringComparison.Ordinal)] + ".contract.json";
        Feed? feed = null;
        if (File.Exists(contract))
        {
            ingest.Contracts = [ContractFile.Read(contract)];
            feed = ingest.Contracts[0].Feed;
        }

        var file = ingest.Write(Path.GetFileName(path), await File.ReadAllBytesAsync(path));
        var report = await ingest.RunAsync(feed, default, file);
        using var lake = await ingest.OpenAsync();
        await TempIngest.VerifyAsync(lake);
        var lines = new List<string>();
        foreach (var table in FactTables.All)
            lines.AddRange(TempIngest.Rows(lake, table.Name).Select(row => Line("table", table.Name, row)));
        foreach (var kind in Enum.GetValues<EventKind>())
            if (report.CountsOf(kind) is { Received: > 0 } counts)
                lines.Add(Line("counts", FactTables.Of(kind).Name, CountsOf(counts)));
        return lines;
    }

    private static JsonObject CountsOf(KindCounts counts) =>
        new()
        {
            ["received"] = counts.Received,
            ["accepted"] = counts.Accepted,
            ["duplicate"] = counts.Duplicate,
            ["rejected"] = counts.Rejected,
            ["filtered"] = counts.Filtered,
        };

    private static string Line(string what, string name, JsonObject values)
    {
        var line = new JsonObject { [what] = name };
        foreach (var (key, value) in values)
            line[key] = value?.DeepClone();
        return line.ToJsonString(Plain);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (
            folder != null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "AdvertiseX.Tests", "golden"))
        )
            folder = folder.Parent;
        return Path.Combine(
            folder?.FullName ?? throw new DirectoryNotFoundException("tests/AdvertiseX.Tests/golden"),
            "tests",
            "AdvertiseX.Tests",
            "golden",
            "ingest"
        );
    }
}
