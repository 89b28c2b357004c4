using System.Text.Json;

namespace AdvertiseX.Tests.Decoding.Json;

/// <summary>Bid requests as exchanges send them (<c>vectors/openrtb</c>): every impression of each becomes a
/// row.</summary>
public class OpenRtbSamplesTests
{
    [Fact]
    public void Every_impression_is_a_row()
    {
        var files = Directory.GetFiles(Vectors.PathOf("openrtb"), "*.json*");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var content = File.ReadAllBytes(file);
            var expected = file.EndsWith(".jsonl", StringComparison.Ordinal)
                ? File.ReadLines(file).Where(l => l.Length > 0).Sum(l => Rows(JsonDocument.Parse(l).RootElement))
                : Rows(JsonDocument.Parse(content).RootElement);
            using var fast = RecordedEvents.Of(TextFormats.Json, content, 4 << 20);
            using var plain = RecordedEvents.Of(TextFormats.Json, content, 100, fast: false, readBytes: 50);
            Assert.True(
                expected == fast.Lines.Count,
                $"{Path.GetFileName(file)}: {fast.Lines.Count} rows, not {expected}"
            );
            Assert.DoesNotContain(fast.Lines, l => l.Contains("\"reject\"", StringComparison.Ordinal));
            Assert.Equal(plain.Lines, fast.Lines);
        }
    }

    private static int Rows(JsonElement request) =>
        request.TryGetProperty("imp", out var imps) && imps.ValueKind == JsonValueKind.Array
            ? Math.Max(1, imps.GetArrayLength())
            : 1;
}
