using System.Collections.Concurrent;
using System.Text.Json;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

/// <summary>
/// Columns that hold nothing in any of some files, as the log's statistics say: what a feed does not have costs as much
/// to read as what it has. Thread-safe.
/// </summary>
internal sealed class NullColumns
{
    private readonly ConcurrentDictionary<string, HashSet<string>> _known = new(StringComparer.Ordinal);

    /// <summary>Names of the columns; none for no file, and where a file has no statistics.</summary>
    public IReadOnlySet<string> Of(IEnumerable<LakeFile> files)
    {
        HashSet<string>? common = null;
        foreach (var file in files)
        {
            var nulls = _known.GetOrAdd(file.Address, static (_, each) => Read(each.StatsJson), file);
            if (common is null)
                common = [.. nulls];
            else
                common.IntersectWith(nulls);
            if (common.Count == 0)
                break;
        }

        return common ?? [];
    }

    private static HashSet<string> Read(string? statistics)
    {
        var nulls = new HashSet<string>(StringComparer.Ordinal);
        if (statistics is null)
            return nulls;
        try
        {
            using var json = JsonDocument.Parse(statistics);
            if (
                !json.RootElement.TryGetProperty("numRecords", out var rows)
                || !json.RootElement.TryGetProperty("nullCount", out var counts)
            )
                return nulls;
            var all = rows.GetInt64();
            foreach (var column in counts.EnumerateObject())
                if (column.Value.ValueKind == JsonValueKind.Number && column.Value.GetInt64() == all)
                    nulls.Add(column.Name);
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException or FormatException)
        {
            // Statistics of another writer that are not what they should be say nothing.
            nulls.Clear();
        }

        return nulls;
    }
}
