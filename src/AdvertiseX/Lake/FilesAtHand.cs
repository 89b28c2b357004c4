using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>Reads what a table's files hold right now, however often they are merged and deleted meanwhile.</summary>
internal static class FilesAtHand
{
    /// <summary>Finds the files of a table and reads them; begins anew, with the files that the table has then, when
    /// one of them is gone.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="table">Name of the table.</param>
    /// <param name="dates">Only these partitions; null for all.</param>
    /// <param name="read">Reads them, as often as it is called.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DeltaException">A file of the table is not there.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public static async ValueTask<T> ReadAsync<T>(
        DataLake lake,
        string table,
        IReadOnlySet<DateOnly>? dates,
        Func<LakeFiles, ValueTask<T>> read,
        CancellationToken cancellation
    )
    {
        var there = await lake.FilesAsync(table, dates, cancellation);
        while (true)
        {
            try
            {
                return await read(there);
            }
            catch (Exception absent) when (ObjectAbsence.IsCauseOf(absent))
            {
                var now = await lake.FilesAsync(table, dates, cancellation);
                var paths = now.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
                if (there.Files.All(file => paths.Contains(file.Path)))
                    throw new DeltaException($"A file of {table} is not there: {absent.Message}", absent);
                there = now;
            }
        }
    }
}
