using AdvertiseX.Events;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.Tests.Lake;

/// <summary>Sidecars that are missing or damaged are made anew, by as many at once as need them.</summary>
public sealed class SidecarReaderTests : IDisposable
{
    private readonly TempIngest _ingest = new();

    public void Dispose() => _ingest.Dispose();

    [Fact]
    public async Task Many_that_make_a_sidecar_at_once_read_it_whole()
    {
        _ingest.Write("impressions.ndjson", NumbersSource.Block(0));
        await _ingest.RunAsync();
        using var lake = await _ingest.OpenAsync();
        var path = lake.Table("impressions").Delta.Latest.Files.Keys.Single();
        var sidecar = Path.Combine(_ingest.Lake, KeyPaths.SidecarOf("impressions", path));
        for (var round = 0; round < 30; round++)
        {
            if (round % 2 == 0)
                File.Delete(sidecar);
            else
                await File.WriteAllBytesAsync(sidecar, [], TestContext.Current.CancellationToken);
            var counts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(ReadAsync)));
            Assert.All(counts, count => Assert.Equal(NumbersSource.RecordsOfBlock, count));
        }

        async Task<long> ReadAsync()
        {
            using var files = new OpenKeyFiles(lake.Store, 1 << 20);
            var reader = new SidecarReader(lake.Store, lake.Engine, FactTables.Impressions, files);
            return await reader.ReadAsync(path, sets => sets.Sum(set => set.Count), default);
        }
    }

    [Fact]
    public async Task A_sidecar_that_is_a_link_is_made_anew_and_what_it_led_to_stays()
    {
        _ingest.Write("impressions.ndjson", NumbersSource.Block(0));
        await _ingest.RunAsync();
        var other = _ingest.Write("other", "not a sidecar"u8);
        foreach (
            var sidecar in Directory.GetFiles(
                Path.Combine(_ingest.Lake, "impressions", KeyPaths.Folder),
                "*.keys",
                SearchOption.AllDirectories
            )
        )
        {
            File.Delete(sidecar);
            File.CreateSymbolicLink(sidecar, other);
        }

        File.Delete(Path.Combine(_ingest.Input, "impressions.ndjson"));
        _ingest.Write("again.ndjson", NumbersSource.Block(0));
        var report = await _ingest.RunAsync(Path.Combine(_ingest.Input, "again.ndjson"));
        Assert.Equal(NumbersSource.RecordsOfBlock, report.CountsOf(EventKind.Impression).Duplicate);
        Assert.Equal("not a sidecar", await File.ReadAllTextAsync(other, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sidecars_that_were_exchanged_are_made_anew()
    {
        for (var block = 0; block < 2; block++)
        {
            _ingest.Write($"{block}.ndjson", NumbersSource.Block(block));
            await _ingest.RunAsync(Path.Combine(_ingest.Input, $"{block}.ndjson"));
        }

        var sidecars = Directory.GetFiles(
            Path.Combine(_ingest.Lake, "impressions", KeyPaths.Folder),
            "*.keys",
            SearchOption.AllDirectories
        );
        Assert.Equal(2, sidecars.Length);
        var (one, other) = (File.ReadAllBytes(sidecars[0]), File.ReadAllBytes(sidecars[1]));
        File.WriteAllBytes(sidecars[0], other);
        File.WriteAllBytes(sidecars[1], one);
        _ingest.Write("again.ndjson", [.. NumbersSource.Block(0), .. NumbersSource.Block(1)]);
        var report = await _ingest.RunAsync(Path.Combine(_ingest.Input, "again.ndjson"));
        Assert.Equal(2 * NumbersSource.RecordsOfBlock, report.CountsOf(EventKind.Impression).Duplicate);
        Assert.Equal(one, File.ReadAllBytes(sidecars[0]));
        Assert.Equal(other, File.ReadAllBytes(sidecars[1]));
    }

    [Fact]
    public async Task Drafts_of_writers_that_were_killed_are_vacuumed()
    {
        using var lake = await _ingest.OpenAsync();
        var folder = Directory.CreateDirectory(Path.Combine(_ingest.Lake, ".tmp")).FullName;
        foreach (var (name, age) in new[] { ("old", 25), ("young", 1) })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), "", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(Path.Combine(folder, name), _ingest.Clock.Now.UtcDateTime.AddHours(-age));
        }

        await AdvertiseX.Lake.Vacuum.RunAsync(lake, new(), dryRun: false);
        Assert.Equal(["young"], Directory.GetFiles(folder).Select(Path.GetFileName));
    }
}
