using AdvertiseX.IntegrationTests.Cli;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>A full disk ends an ingest, and any other command but vacuum, with one line and no file more than before;
/// the same command goes on once there is room, which vacuum makes.</summary>
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

    // Commands that change files already there. The disk is full to the last block, or to a few.
    private const string KeepingScript = """
        set -eu
        adx() { dotnet "$PROGRAM" "$@" --lake disk/lake; }
        used() { df -k --output=used disk | tail -1; }
        full() {
          dd if=/dev/zero of=disk/filler bs=1k count=$(($(df -k --output=avail disk | tail -1) - $1)) status=none
          shift
          code=0
          before=$(used)
          "$@" > out 2> err || code=$?
          after=$(used)
          rm disk/filler
          echo "$1 $2 $3: $code $(wc -l < err) $(grep -c 'No space left\|the disk was full' err)"
        }
        whole() {
          adx lake verify > out
          adx query "SELECT count(*) = count(DISTINCT event_id), count(*) FROM impressions" --format csv | tail -1
        }
        mkdir disk
        mount -t tmpfs -o size=64m none disk
        echo '{"ingest":{"commit_unit_bytes":1048576},"maintenance":{"enabled":false}}' > calm.json
        echo '{"compaction":{"min_files":2,"closed_files":1},"retention":{"files_hours":0,"unnamed_hours":1}}' > eager.json
        adx ingest feeds/clicks_conversions feeds/impressions --no-models --config calm.json > out
        whole
        for room in 0 40; do
          full $room adx lake compact --config eager.json
          echo $((after - before))
        done
        full 0 adx ingest feeds/clicks_conversions feeds/impressions --no-models --config eager.json
        echo $((after - before))
        adx lake compact --config eager.json > out
        # Dead files, a batch that is not applied, and late rows.
        code=0
        export ADX_TEST_COMMAND="$(printf 'live\n%s\n10' "$PWD/disk/lake")"
        ADX_TEST_COMMAND_STEP='ledger: committed' ADX_TEST_COMMAND_HIT=8 \
          dotnet "$TESTS" -explicit only -method "$METHOD" > out 2>&1 || code=$?
        echo $code
        full 0 adx lake tables
        echo $((after - before))
        full 0 adx lake vacuum --config eager.json
        echo $((after < before))
        whole
        adx lake vacuum --config eager.json > out
        whole
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-full-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ingestion_leaves_nothing_and_goes_on_when_there_is_room() =>
        Assert.Equal("1 1 0\n1 1 0\n1 1 0\n1 1 0\ntrue\n", await RunAsync(Script));

    [Fact]
    public async Task Keeping_a_lake_leaves_nothing_and_vacuum_makes_room() =>
        Assert.Equal(
            """
            true,5983
            adx lake compact: 1 1 1
            0
            adx lake compact: 1 1 1
            0
            adx ingest feeds/clicks_conversions: 0 1 1
            0
            137
            adx lake tables: 1 1 1
            0
            adx lake vacuum: 0 0 0
            1
            true,6383
            true,6383

            """.ReplaceLineEndings("\n"),
            await RunAsync(KeepingScript)
        );

    private async Task<string> RunAsync(string script)
    {
        var generated = await AdxProcess.RunAsync(_folder, "generate", "--out", "feeds", "--impressions", "6000");
        Assert.True(generated.Code == 0, generated.Error);
        await File.WriteAllTextAsync(Path.Combine(_folder, "full.sh"), script, TestContext.Current.CancellationToken);
        var result = await AdxProcess.ShellAsync(
            _folder,
            $"export PROGRAM='{AdxProcess.Program}' TESTS='{typeof(CrashingCommand).Assembly.Location}' "
                + $"METHOD='{typeof(CrashingCommand).FullName}.{nameof(CrashingCommand.Runs_until_it_is_killed_or_done)}'\n"
                + $"unshare -rm true || exit {NoNamespaces}; unshare -rm bash full.sh"
        );
        Assert.SkipWhen(result.Code == NoNamespaces, "no namespaces to mount a small disk in (unshare -rm)");
        Assert.True(result.Code == 0, $"{result.Code} {result.Output}{result.Error}");
        return result.Output.ReplaceLineEndings("\n");
    }
}
