using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Decoding;

/// <summary>
/// Pairs of files in golden/json and golden/csv: an input, and one line for each record or reject that comes out of it.
/// <c>exemplary</c> reads as documentation, <c>supplemental</c> holds edges. ADX_WRITE_GOLDEN=1 writes missing
/// expectations.
/// </summary>
public class TextGoldenTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Cases(string format)
    {
        var cases = new TheoryData<string>();
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(Root, format), "*.input.*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
            cases.Add(Path.GetRelativePath(Root, file));
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases), "json")]
    public void Json(string input) => Check(input, TextFormats.Json);

    [Theory]
    [MemberData(nameof(Cases), "csv")]
    public void Csv(string input) =>
        Check(
            input,
            Path.GetFileName(input).StartsWith("no-header", StringComparison.Ordinal)
                ? TextFormats.CsvWithColumns("impression_id", "timestamp", "cost", "note")
                : TextFormats.Csv
        );

    private static void Check(string input, IFramerFactory format)
    {
        var path = Path.Combine(Root, input);
        var expectedPath = path[..path.IndexOf(".input.", StringComparison.Ordinal)] + ".expected.ndjson";
        var before = NativePool.OutstandingBytes;
        var content = File.ReadAllBytes(path);
        using var events = RecordedEvents.Of(format, content, 4 << 20, 2000);
        if (!File.Exists(expectedPath) && Environment.GetEnvironmentVariable("ADX_WRITE_GOLDEN") == "1")
            File.WriteAllLines(expectedPath, events.Lines);
        var expected = File.ReadLines(expectedPath).Where(l => l.Length > 0).ToList();
        Assert.Equal(expected, events.Lines);
        foreach (var blockBytes in new[] { 1, 7, 64, 300 })
        {
            using var split = RecordedEvents.Of(
                format,
                content,
                blockBytes,
                2000,
                fast: blockBytes != 7,
                readBytes: 11
            );
            Assert.Equal(expected, split.Lines);
        }
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
            "golden"
        );
    }
}
