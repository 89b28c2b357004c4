using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Lake;

/// <summary>A lake whose ids and keys mean something else is refused before anything is read from it or written to
/// it.</summary>
public sealed class LakeFormatTests : IDisposable
{
    private readonly TestLake _test = new();

    [Theory]
    [InlineData("\"configuration\":{}", "an unreleased version of adx")]
    [InlineData(
        "\"configuration\":{\"adx.lakeFormat\":\"3\"}",
        "another version of adx (lake format 3, this one has 2)"
    )]
    public async Task Another_format_is_refused_with_what_to_do(string configuration, string writer)
    {
        (await _test.OpenAsync()).Dispose();
        var ledger = Path.Combine(_test.Folder, IngestLedger.TableName, "_delta_log", $"{0L:D20}.json");
        var text = await File.ReadAllTextAsync(ledger);
        Assert.Contains("\"configuration\":{\"adx.lakeFormat\":\"2\"}", text);
        await File.WriteAllTextAsync(
            ledger,
            text.Replace("\"configuration\":{\"adx.lakeFormat\":\"2\"}", configuration)
        );
        var before = FilesOf(_test.Folder);

        foreach (var create in (bool[])[true, false])
        {
            var refused = await Assert.ThrowsAsync<LakeException>(async () => await _test.OpenAsync(create));
            Assert.Equal(
                $"{_test.Folder} was written by {writer}, whose ids and keys differ: ingest the same files again, into a new folder.",
                refused.Message
            );
        }

        Assert.Equal(before, FilesOf(_test.Folder));
    }

    public void Dispose() => _test.Dispose();

    private static List<string> FilesOf(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
