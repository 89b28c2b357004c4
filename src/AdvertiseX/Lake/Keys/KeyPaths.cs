using System.Globalization;

namespace AdvertiseX.Lake.Keys;

/// <summary>Where the key files of a table lie: below <c>_keys</c> in its folder, which readers of Delta pass
/// over.</summary>
internal static class KeyPaths
{
    /// <summary>Name of the folder.</summary>
    public const string Folder = "_keys";

    /// <summary>The section of a key file with the keys of events.</summary>
    public const string EventSection = "event_key";

    private const string DataSuffix = ".parquet";
    private const string SidecarSuffix = ".keys";

    /// <summary>Key of a data file's sidecar in the store.</summary>
    /// <param name="table">Name of the table.</param>
    /// <param name="path">Path of the data file, relative to the table's folder.</param>
    public static string SidecarOf(string table, string path) =>
        $"{table}/{Folder}/{(path.EndsWith(DataSuffix, StringComparison.Ordinal) ? path[..^DataSuffix.Length] : path)}{SidecarSuffix}";

    /// <summary>Path of the data file that a sidecar belongs to, both relative to the table's folder; null for what is
    /// no sidecar.</summary>
    public static string? DataPathOf(string path) =>
        path.StartsWith(Folder + "/", StringComparison.Ordinal)
        && path.EndsWith(SidecarSuffix, StringComparison.Ordinal)
            ? path[(Folder.Length + 1)..^SidecarSuffix.Length] + DataSuffix
            : null;

    /// <summary>A key of its own for a new filter.</summary>
    public static string NewFilter(string table) => $"{FiltersOf(table)}{Guid.NewGuid():N}.filter";

    /// <summary>A key of its own for a new list of filters.</summary>
    public static string NewFilterList(string table) => $"{FiltersOf(table)}{Guid.NewGuid():N}.list";

    /// <summary>Where the filters of a table and lists of them lie.</summary>
    public static string FiltersOf(string table) => $"{table}/{Folder}/filters/";

    /// <summary>Where the coverages of a table lie.</summary>
    public static string CoveragesOf(string table) => $"{table}/{Folder}/coverage/";

    /// <summary>Key of the coverage up to a ledger version.</summary>
    public static string CoverageAt(string table, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{CoveragesOf(table)}{version:D20}.json");
}
