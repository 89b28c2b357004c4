using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Reports;

/// <summary>The tables that reports read, at their latest versions.</summary>
internal static class ReportTables
{
    /// <summary>Sets of the tables' names; descriptions that nobody loaded are empty.</summary>
    /// <exception cref="LakeException">The models were never run.</exception>
    public static async ValueTask<IReadOnlyList<ParquetSet>> SetsAsync(
        DataLake lake, IEnumerable<string> tables, CancellationToken cancellation)
    {
        var sets = new List<ParquetSet>();
        foreach (var name in tables)
        {
            var table = lake.Tables.FirstOrDefault(each => each.Name == name);
            if (table is null && ModelCatalog.Shipped.Ordered.Any(model => model.Name == name))
                throw new LakeException($"The lake has no {name.Replace('_', ' ')} yet; adx run computes it.");
            var files = table is null ? [] : table.FilesOf(await table.Delta.RefreshAsync(cancellation));
            sets.Add(ModelCatalog.Shipped.Set(name, name, files.Select(file => file.Address)));
        }

        return sets;
    }
}
