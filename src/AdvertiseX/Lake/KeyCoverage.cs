using System.Text.Json;
using System.Text.Json.Serialization;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Which rows of a table the filters hold: those of every ledger version up to one, and of files whose versions nobody
/// noted. Derived; without it the filters are made anew from the sidecars. Immutable.
/// </summary>
/// <param name="Version">The last ledger version covered; -1 for none.</param>
/// <param name="Filters">The filters, the oldest rows first.</param>
/// <param name="Unversioned">Paths of files without versions that are covered too.</param>
internal sealed record KeyCoverage(long Version, IReadOnlyList<KeyFilter> Filters, IReadOnlyList<string> Unversioned)
{
    public static readonly KeyCoverage None = new(-1, [], []);

    /// <summary>The newest coverage of a table; none when there is none that can be read.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public static async ValueTask<KeyCoverage> NewestAsync(
        IObjectStore store,
        string table,
        CancellationToken cancellation
    )
    {
        string? newest = null;
        await foreach (var found in store.ListAsync(KeyPaths.CoveragesOf(table), null, cancellation))
            if (found.Key.EndsWith(".json", StringComparison.Ordinal))
                newest = found.Key;
        return newest is not null && await store.ReadAsync(newest, cancellation) is { } json
            ? Parse(json) ?? None
            : None;
    }

    /// <summary>Whether the filters hold all rows of a file.</summary>
    public bool Covers(LakeFile file) =>
        file.Ledger is { } ledger ? ledger.Last <= Version : Unversioned.Contains(file.Path, StringComparer.Ordinal);

    /// <summary>As a file.</summary>
    public byte[] ToFile() =>
        HashedFile.Of(JsonSerializer.SerializeToUtf8Bytes(this, KeyCoverageJson.Default.KeyCoverage));

    /// <summary>Null for a file that is damaged.</summary>
    public static KeyCoverage? Parse(ReadOnlyMemory<byte> file) =>
        HashedFile.TryRead(file, out var json)
            ? JsonSerializer.Deserialize(json.Span, KeyCoverageJson.Default.KeyCoverage)
            : null;
}

/// <summary>How a coverage is spelled.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeyCoverage))]
internal sealed partial class KeyCoverageJson : JsonSerializerContext;
