using AdvertiseX.Deduplication;
using AdvertiseX.Keys;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Keys;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Filters that do not fit into memory. Rows that they may hold are suspects for their times. Where more files cover
/// these times than there are filters (times in whole days), the filters are read from the disk, page by page, so that
/// files are asked for few rows.
/// </summary>
/// <param name="filters">The filters.</param>
internal sealed class UnreadFilters(IReadOnlyList<KeyFilter> filters)
{
    // What it takes to open a key file, to look a key up in three pages of it, and to read a byte of its pages. The
    // ratios matter, and they hold about everywhere.
    private const double OpenNanos = 60_000;
    private const double LookUpNanos = 9_000;
    private const double ByteNanos = 0.8;

    public static readonly UnreadFilters None = new([]);

    /// <summary>Makes every row a suspect whose day a filter has.</summary>
    public void Suspect(DuplicateSearch search)
    {
        if (filters.Count > 0)
            search.SuspectByTime(
                new KeyOrigin(filters.Min(filter => filter.First), filters.Max(filter => filter.Last)),
                filters.SelectMany(filter => filter.Days)
            );
    }

    /// <summary>Asks the filters where that costs less than asking the files. A filter that is damaged or gone is no
    /// fault: the files are asked then.</summary>
    /// <param name="search">The rows.</param>
    /// <param name="files">Opens the filters; their pages stay only as long as it keeps them.</param>
    /// <param name="there">The files.</param>
    /// <exception cref="IOException">A filter cannot be read.</exception>
    public void AskWhereCheap(DuplicateSearch search, OpenKeyFiles files, IReadOnlyList<AskedFiles> there)
    {
        if (filters.Count == 0)
            return;
        var suspects = search.ByTime().Where(suspects => IsCheap(suspects, search, there)).ToList();
        if (suspects.Count == 0)
            return;
        try
        {
            foreach (var filter in filters)
                Ask(filter, suspects, search, files);
        }
        catch (KeyFileException)
        {
            return;
        }

        search.Drop(suspects);
    }

    private static void Ask(KeyFilter filter, List<Suspects> suspects, DuplicateSearch search, OpenKeyFiles files)
    {
        var held = suspects.FindAll(some => filter.Days.Contains(some.Rows.Day));
        if (held.Count == 0)
            return;
        foreach (var keys in files.Open(filter.Key).SectionsOf(KeyPaths.EventSection))
        foreach (var some in held)
            search.SuspectByTime(some, new KeyOrigin(filter.First, filter.Last), keys);
        files.Settle();
    }

    private bool IsCheap(Suspects suspects, DuplicateSearch search, IReadOnlyList<AskedFiles> there)
    {
        var day = suspects.Rows.Day;
        var near = there.Where(files => files.FirstDay <= day && day <= files.LastDay).ToList();
        // Which files cover which rows takes time to find out, too.
        var most = (OpenNanos + LookUpNanos) * suspects.Count * near.Sum(files => files.MostAtOnce);
        var cost = 0.0;
        foreach (var filter in filters)
            if (filter.Days.Contains(day) && (cost += CostOf(suspects.Count, filter.Count)) > most)
                return false;
        foreach (var files in near)
        foreach (var file in files.Files)
            if (search.CountCovered(suspects, file) is > 0 and var rows)
                cost -= CostOf(rows, file.Rows);
        return cost < 0;
    }

    private static double CostOf(int rows, long keys) =>
        OpenNanos + Math.Min(rows * LookUpNanos, KeySetShape.For(keys, 0).Bytes * ByteNanos);
}
