using AdvertiseX.Lake;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Tests.Lake;

/// <summary>Coverages are read as they were written, and stay small however many filters there are.</summary>
public sealed class KeyCoverageStoreTests : IDisposable
{
    private const int LargestBytes = 80_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("adx-coverage-").FullName;
    private readonly LocalObjectStore _store;
    private readonly KeyCoverageStore _coverages;

    public KeyCoverageStoreTests()
    {
        _store = new LocalObjectStore(_folder);
        _coverages = new KeyCoverageStore(_store, "clicks");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_lake_of_many_filters_writes_few_bytes_a_coverage()
    {
        var coverage = KeyCoverage.None;
        for (var version = 0; version < 2_000; version++)
        {
            coverage = await _coverages.WriteAsync(
                new(version, coverage.Older, [.. coverage.Newer, Filter(version)], []),
                default
            );
            Assert.InRange(new FileInfo(PathOf(KeyPaths.CoverageAt("clicks", version))).Length, 1, LargestBytes);
        }

        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => (long)i), coverage.Filters.Select(filter => filter.First));
        Assert.Equal(14, coverage.Older.Count);
        var read = await _coverages.NewestAsync(KeyCoverage.None, default);
        Assert.Equal(coverage.Filters.Select(Text), read.Filters.Select(Text));
        Assert.Equal(1_999, read.Version);
        Assert.Empty(await KeyGarbage.FindAsync(_store, "clicks", DateTimeOffset.MinValue, default));
        var garbage = await KeyGarbage.FindAsync(_store, "clicks", DateTimeOffset.MaxValue, default);
        Assert.Equal(1_999, garbage.Count);
        Assert.DoesNotContain(garbage, found => found.Key.EndsWith(".list", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_coverage_whose_list_is_gone_or_damaged_is_none(bool gone)
    {
        var filters = Enumerable.Range(0, 2 * KeyCoverageStore.FiltersOfList).Select(i => Filter(i)).ToList();
        var written = await _coverages.WriteAsync(new KeyCoverage(7, [], filters, ["a.parquet"]), default);
        Assert.Equal(filters.Count, (await _coverages.NewestAsync(KeyCoverage.None, default)).Filters.Count);
        var list = PathOf(Assert.Single(written.Older).Key);
        if (gone)
            File.Delete(list);
        else
            File.WriteAllText(list, File.ReadAllText(list).Replace("\"first\":1,", "\"first\":2,"));
        Assert.Same(KeyCoverage.None, await _coverages.NewestAsync(KeyCoverage.None, default));
        // A process that knows it goes on.
        Assert.Equal(filters.Count, (await _coverages.NewestAsync(written, default)).Filters.Count);
    }

    private static KeyFilter Filter(int version) =>
        new(
            $"clicks/_keys/filters/{version}.filter",
            1 << 20,
            version,
            version,
            [.. Enumerable.Range(19_000 + (version / 20), 7)],
            DateTimeOffset.UnixEpoch.AddDays(19_000 + (version / 20))
        );

    private static string Text(KeyFilter filter) => $"{filter with { Days = [] }} {string.Join(',', filter.Days)}";

    private string PathOf(string key) => Path.Combine(_folder, key);
}
