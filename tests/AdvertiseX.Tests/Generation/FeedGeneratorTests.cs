using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AdvertiseX.Generation;

namespace AdvertiseX.Tests.Generation;

public class FeedGeneratorTests(GeneratedSet set) : IClassFixture<GeneratedSet>
{
    [Fact]
    public async Task Same_options_give_the_same_bytes()
    {
        var again = await HashesAfterGenerating(set.Options);
        var first = Hashes(set.Options.OutputDirectory);
        Assert.Equal(first, again);

        var otherSeed = await HashesAfterGenerating(set.Options with { Seed = 43 });
        Assert.DoesNotContain(
            otherSeed,
            pair => pair.Key.Contains("-0001", StringComparison.Ordinal) && first[pair.Key] == pair.Value
        );
    }

    /// <summary>Holds the generator's output across machines and changes: whoever changes it on purpose changes
    /// these.</summary>
    [Fact]
    public void Bytes_are_those_of_every_machine()
    {
        var text = string.Join('\n', Hashes(set.Options.OutputDirectory).Select(pair => $"{pair.Key} {pair.Value}"));
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
        Assert.Equal("F01DD4C92F37C9FA", hash);
    }

    [Fact]
    public async Task Dirt_leaves_the_clean_events_as_they_are()
    {
        var options = set.Options with { OutputDirectory = GeneratedSet.NewFolder(), Dirt = DirtRates.None };
        await Generate(options);
        var clean = FeedLine.ReadAll(options.OutputDirectory).Select(line => line.Text).ToHashSet();
        Assert.Equal(
            "feed,file,offset,ordinal,kind,verdict,reason,field,event_id\n",
            File.ReadAllText(Path.Combine(options.OutputDirectory, "truth/lines.csv"))
        );
        Directory.Delete(options.OutputDirectory, recursive: true);

        var accepted = set.Lines.Where(set.IsAccepted).Select(line => line.Text).ToList();
        Assert.All(accepted, line => Assert.Contains(line, clean));
        Assert.InRange(accepted.Count, clean.Count * 0.97, clean.Count - 1);
    }

    [Fact]
    public void Counts_add_up_and_are_those_of_the_files()
    {
        var totals = JsonDocument.Parse(File.ReadAllText(set.PathOf("truth/totals.json"))).RootElement;
        foreach (var kind in totals.EnumerateObject())
        {
            long Number(string name) => kind.Value.GetProperty(name).GetInt64();
            Assert.Equal(
                Number("received"),
                Number("accepted") + Number("duplicate") + Number("rejected") + Number("filtered")
            );
            Assert.Equal(
                Number("rejected"),
                kind.Value.GetProperty("reasons").EnumerateObject().Sum(reason => reason.Value.GetInt64())
            );
            var label = kind.Name.TrimEnd('s');
            foreach (var verdict in (string[])["duplicate", "rejected", "late"])
                Assert.Equal(
                    Number(verdict),
                    set.Notes.Values.Count(note => note["kind"] == label && note["verdict"] == verdict)
                );
        }

        long Received(string kind) => totals.GetProperty(kind).GetProperty("received").GetInt64();
        Assert.Equal(Received("impressions"), set.Lines.Count(line => line.IsImpression));
        Assert.Equal(Received("clicks") + Received("conversions"), set.Lines.Count(line => !line.IsImpression));
        Assert.Equal(
            set.Options.Impressions,
            set.Summary.Impressions.Received
                - set.Notes.Values.Count(note =>
                    note["kind"] == "impression"
                    && (note["verdict"] == "duplicate" || note["reason"] == "conflicting_duplicate")
                )
        );
    }

    [Fact]
    public void Every_kind_of_dirt_is_there_in_its_measure()
    {
        var seen = set
            .Notes.Values.GroupBy(note => (note["verdict"], note["reason"]))
            .ToDictionary(g => g.Key, g => g.Count());
        var lines = set.Lines.Count;
        Assert.InRange(seen[("duplicate", "")], lines * 0.01, lines * 0.05);
        Assert.InRange(seen[("late", "")], lines * 0.008, lines * 0.04);
        string[] reasons =
        [
            "unparseable",
            "missing_required_field",
            "bad_type",
            "bad_time",
            "from_the_future",
            "out_of_range",
            "unknown_kind",
            "damaged_block",
            "conflicting_duplicate",
        ];
        Assert.Equal(
            reasons.Order(StringComparer.Ordinal),
            seen.Keys.Where(key => key.Item1 == "rejected").Select(key => key.Item2).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Gzip_holds_the_same_content()
    {
        var options = set.Options with { OutputDirectory = GeneratedSet.NewFolder(), Gzip = true };
        await Generate(options);
        foreach (var path in Directory.GetFiles(Path.Combine(options.OutputDirectory, "impressions")))
        {
            await using var unpacked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var content = new MemoryStream();
            await unpacked.CopyToAsync(content, TestContext.Current.CancellationToken);
            Assert.Equal(
                File.ReadAllBytes(set.PathOf($"impressions/{Path.GetFileNameWithoutExtension(path)}")),
                content.ToArray()
            );
        }

        Directory.Delete(options.OutputDirectory, recursive: true);
    }

    [Fact]
    public void Memory_does_not_follow_the_number_of_impressions()
    {
        var options = set.Options with
        {
            Dirt = DirtRates.None,
            Users = 1000,
            ClickRate = 0.01,
            ConversionRate = 0.05,
            ViewConversionRate = 0,
        };
        var small = AllocatedBy(options with { Impressions = 30_000, OutputDirectory = GeneratedSet.NewFolder() });
        var large = AllocatedBy(options with { Impressions = 130_000, OutputDirectory = GeneratedSet.NewFolder() });
        Assert.InRange((large - small) / 100_000.0, 0, 40);
    }

    [Fact]
    public async Task A_folder_in_use_is_refused()
    {
        await Assert.ThrowsAsync<IOException>(() => Generate(set.Options));
    }

    [Theory]
    [InlineData(0, 7, "GeneratorOptions.Impressions is 0; allowed: 1 to 2000000000 impressions")]
    [InlineData(10, 0, "GeneratorOptions.Days is 0; allowed: 1 to 366 days")]
    public async Task A_value_out_of_range_is_named(long impressions, int days, string message)
    {
        var options = new GeneratorOptions
        {
            OutputDirectory = GeneratedSet.NewFolder(),
            Impressions = impressions,
            Days = days,
        };
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Generate(options));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(options.OutputDirectory));
    }

    [Fact]
    public async Task Cancelling_stops()
    {
        var options = set.Options with { OutputDirectory = GeneratedSet.NewFolder() };
        using var source = new CancellationTokenSource();
        var progress = new CancelAtFirstReport(source);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            FeedGenerator.GenerateAsync(options, progress, source.Token)
        );
        Assert.False(File.Exists(Path.Combine(options.OutputDirectory, "truth", "totals.json")));
        Directory.Delete(options.OutputDirectory, recursive: true);
    }

    private static Task<GenerationSummary> Generate(GeneratorOptions options) =>
        FeedGenerator.GenerateAsync(options, cancellationToken: TestContext.Current.CancellationToken);

    private static long AllocatedBy(GeneratorOptions options)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        FeedGenerator.Generate(options, progress: null, TestContext.Current.CancellationToken);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Directory.Delete(options.OutputDirectory, recursive: true);
        return allocated;
    }

    private static async Task<SortedDictionary<string, string>> HashesAfterGenerating(GeneratorOptions options)
    {
        var elsewhere = options with { OutputDirectory = GeneratedSet.NewFolder() };
        await Generate(elsewhere);
        var hashes = Hashes(elsewhere.OutputDirectory);
        Directory.Delete(elsewhere.OutputDirectory, recursive: true);
        return hashes;
    }

    private static SortedDictionary<string, string> Hashes(string root)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
            hashes[Path.GetRelativePath(root, path).Replace('\\', '/')] = Convert.ToHexString(
                SHA256.HashData(File.ReadAllBytes(path))
            );
        return hashes;
    }

    private sealed class CancelAtFirstReport(CancellationTokenSource source) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => source.Cancel();
    }
}
