using System.Text.Json;
using System.Text.Json.Serialization;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Coverages of a table in the lake's store. The newest filters stand in the coverage itself, the others in lists, so
/// that a coverage stays small however old the lake is. Thread-safe.
/// </summary>
internal sealed class KeyCoverageStore(IObjectStore store, string table)
{
    /// <summary>Filters of one list; twice as many and less stand in a coverage.</summary>
    public const int FiltersOfList = 128;

    /// <summary>The newest coverage; <see cref="KeyCoverage.None"/> when there is none that can be read.</summary>
    /// <param name="known">A coverage whose lists need not be read.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<KeyCoverage> NewestAsync(KeyCoverage known, CancellationToken cancellation)
    {
        string? newest = null;
        await foreach (var found in store.ListAsync(KeyPaths.CoveragesOf(table), null, cancellation))
            if (found.Key.EndsWith(".json", StringComparison.Ordinal))
                newest = found.Key;
        return newest is null ? KeyCoverage.None : await ReadAsync(newest, known, cancellation) ?? KeyCoverage.None;
    }

    /// <summary>Reads a coverage; null when it, or a list of it, is damaged or not there.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<KeyCoverage?> ReadAsync(string key, KeyCoverage known, CancellationToken cancellation)
    {
        if (
            await store.ReadAsync(key, cancellation) is not { } content
            || !HashedFile.TryRead(content, out var json)
            || JsonSerializer.Deserialize(json.Span, KeyCoverageJson.Default.CoverageFile) is not { } file
        )
            return null;
        var lists = known.Older.ToDictionary(list => list.Key, StringComparer.Ordinal);
        var older = new List<FilterList>();
        foreach (var list in file.Lists ?? [])
        {
            if ((lists.GetValueOrDefault(list) ?? await ReadListAsync(list, cancellation)) is not { } read)
                return null;
            older.Add(read);
        }

        var coverage = new KeyCoverage(file.Version, older, file.Filters, file.Unversioned);
        return coverage.Filters.All(IsOurs) ? coverage : null;
    }

    /// <summary>Writes a coverage, of whose filters the oldest go to a list when there are many. Whoever comes to the
    /// same version later writes one that is as good.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<KeyCoverage> WriteAsync(KeyCoverage coverage, CancellationToken cancellation)
    {
        while (coverage.Newer.Count >= 2 * FiltersOfList)
        {
            var list = new FilterList(KeyPaths.NewFilterList(table), [.. coverage.Newer.Take(FiltersOfList)]);
            await PutAsync(list.Key, list.Filters, KeyCoverageJson.Default.IReadOnlyListKeyFilter, cancellation);
            coverage = new KeyCoverage(
                coverage.Version,
                [.. coverage.Older, list],
                [.. coverage.Newer.Skip(FiltersOfList)],
                coverage.Unversioned
            );
        }

        var file = new CoverageFile(
            coverage.Version,
            [.. coverage.Older.Select(list => list.Key)],
            coverage.Newer,
            coverage.Unversioned
        );
        await PutAsync(
            KeyPaths.CoverageAt(table, coverage.Version),
            file,
            KeyCoverageJson.Default.CoverageFile,
            cancellation
        );
        return coverage;
    }

    // A coverage of another table would hide rows of this one.
    private bool IsOurs(KeyFilter filter) => filter.Key.StartsWith(KeyPaths.FiltersOf(table), StringComparison.Ordinal);

    private async ValueTask<FilterList?> ReadListAsync(string key, CancellationToken cancellation) =>
        await store.ReadAsync(key, cancellation) is { } content
        && HashedFile.TryRead(content, out var json)
        && JsonSerializer.Deserialize(json.Span, KeyCoverageJson.Default.IReadOnlyListKeyFilter) is { } filters
            ? new FilterList(key, filters)
            : null;

    private async ValueTask PutAsync<T>(
        string key,
        T content,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        CancellationToken cancellation
    ) => await store.PutAsync(key, HashedFile.Of(JsonSerializer.SerializeToUtf8Bytes(content, type)), cancellation);
}

/// <summary>A coverage as a file.</summary>
/// <param name="Version">The last ledger version covered.</param>
/// <param name="Lists">Keys of the lists of older filters; null in files of before there were any.</param>
/// <param name="Filters">The other filters.</param>
/// <param name="Unversioned">Paths of files without versions that are covered too.</param>
internal sealed record CoverageFile(
    long Version,
    IReadOnlyList<string>? Lists,
    IReadOnlyList<KeyFilter> Filters,
    IReadOnlyList<string> Unversioned
);

/// <summary>How coverages and lists of filters are spelled.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CoverageFile))]
[JsonSerializable(typeof(IReadOnlyList<KeyFilter>))]
internal sealed partial class KeyCoverageJson : JsonSerializerContext;
