using AdvertiseX.IntegrationTests.Cli;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>A worker whose disk is full waits, and goes on when there is room.</summary>
[Collection(KafkaServer.Collection)]
public sealed class FullDiskStreamTests(KafkaServer server)
{
    private const string Dirt = "duplicate=0.01,late=0.02,broken=0.002,kind=0.01,type=0.01";
    private const int NoNamespaces = 77;

    // In a namespace of its own anybody may mount a small disk. The file "full" tells that it is full, "produced" that
    // there are records to read. A worker that gave up in between could not commit before it is stopped.
    private const string Script = """
        set -eu
        mkdir disk
        mount -t tmpfs -o size=64m none disk
        adx() { dotnet "$PROGRAM" "$@" --lake disk/lake --config "$CONFIG" --json; }
        outages() { grep -c '"outage"' err || true; }
        lag() { adx stream status | grep -o '"lag": *[0-9]*' | grep -vc ' 0$' || true; }
        dotnet "$PROGRAM" stream --lake disk/lake --config "$CONFIG" --json > out 2> err &
        trap 'kill -9 $(jobs -p) 2> /dev/null || true' EXIT
        until grep -q '"assigned"' err; do kill -0 $!; sleep 0.1; done
        dd if=/dev/zero of=disk/filler bs=1k count=$(df -k --output=avail disk | tail -1) status=none
        touch full
        until [ -e produced ] && [ "$(outages)" -ge 2 ]; do kill -0 $!; sleep 0.1; done
        used=$(df -k --output=used disk | tail -1)
        until [ "$(outages)" -ge 4 ]; do kill -0 $!; sleep 0.1; done
        echo "$(($(df -k --output=used disk | tail -1) - used)) KB left by attempts"
        rm disk/filler
        until [ "$(lag)" = 0 ]; do kill -0 $!; sleep 0.2; done
        kill -TERM $!
        wait $!
        cp -r disk/lake lake
        """;

    [Fact]
    public async Task A_worker_waits_for_room_and_goes_on()
    {
        using var world = await StreamWorld.MakeAsync(server);
        using var feeds = await Feeds.GenerateAsync(3_000, seed: 8, Dirt);
        world.Registry.Add(Feeds.SchemaId, feeds.Schema);
        var folder = world.PathOf("");
        await File.WriteAllTextAsync(world.PathOf("full.sh"), Script, TestContext.Current.CancellationToken);
        var running = AdxProcess.ShellAsync(
            folder,
            $"export PROGRAM='{AdxProcess.Program}' CONFIG='{world.Config()}'\n"
                + $"unshare -rm true || exit {NoNamespaces}; unshare -rm bash full.sh"
        );
        while (!running.IsCompleted && !File.Exists(world.PathOf("full")))
            await Task.Delay(50, TestContext.Current.CancellationToken);
        feeds.Produce(world);
        await File.WriteAllTextAsync(world.PathOf("produced"), "", TestContext.Current.CancellationToken);

        var result = await running;

        Assert.SkipWhen(result.Code == NoNamespaces, "no namespaces to mount a small disk in (unshare -rm)");
        Assert.True(result.Code == 0, $"{result.Code} {result.Output}{result.Error}{world.TextOf("err")}");
        Assert.Equal("0 KB left by attempts\n", result.Output);
        Assert.Contains("No space left", world.TextOf("err"), StringComparison.Ordinal);
        await world.AssertSameAsBatchAsync(feeds);
    }
}
