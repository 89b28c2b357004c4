using AdvertiseX.IntegrationTests.Cli;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>A full disk ends an ingest with one line and no file more than before, and the same command goes on once
/// there is room.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int NoNamespaces = 77;

    // In a namespace of its own anybody may mount a small disk. Each room is used up by another file.
    private const string Script = """
        set -eu
        adx() { dotnet "$PROGRAM" "$@" --lake disk/lake; }
        used() { df -k --output=used disk | tail -1; }
        mkdir disk
        mount -t tmpfs -o size=64m none disk
        adx ingest feeds/clicks_conversions --no-models > out
        before=$(used)
        for room in 0 16 100 400; do
          dd if=/dev/zero of=disk/filler bs=1k count=$(($(df -k --output=avail disk | tail -1) - room)) status=none
          code=0
          adx ingest feeds/impressions --no-models > out 2> err || code=$?
          rm disk/filler
          echo "$code $(wc -l < err) $(($(used) - before))"
        done
        adx ingest feeds/impressions --no-models > out
        adx lake verify > out
        adx query "SELECT count(*) = count(DISTINCT event_id) FROM impressions" --format csv | tail -1
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-full-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ingestion_leaves_nothing_and_goes_on_when_there_is_room()
    {
        var generated = await AdxProcess.RunAsync(_folder, "generate", "--out", "feeds", "--impressions", "6000");
        Assert.True(generated.Code == 0, generated.Error);
        await File.WriteAllTextAsync(Path.Combine(_folder, "full.sh"), Script, TestContext.Current.CancellationToken);
        var result = await AdxProcess.ShellAsync(
            _folder,
            $"unshare -rm true || exit {NoNamespaces}; PROGRAM='{AdxProcess.Program}' unshare -rm bash full.sh"
        );
        Assert.SkipWhen(result.Code == NoNamespaces, "no namespaces to mount a small disk in (unshare -rm)");
        Assert.Equal((0, "1 1 0\n1 1 0\n1 1 0\n1 1 0\ntrue\n"), (result.Code, result.Output.ReplaceLineEndings("\n")));
    }
}
