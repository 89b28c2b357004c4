using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Writes the accepted rows of a judged unit and its rejects to Parquet files at their final place, where no reader
/// looks until the ledger names them: one file for each table and date, and of a live stream one for the late rows of
/// each table, several at once. Thread-safe.
/// </summary>
internal sealed class UnitStager(IObjectStore store, ParquetOptions options)
{
    // A date with fewer rows, and a smaller part of the unit's, gets no file of its own from a live stream.
    private const int MostLateRows = 10_000;
    private const double MostLatePart = 0.1;

    /// <summary>Writes all files and makes them durable; a failed call leaves none.</summary>
    /// <exception cref="IOException">The store could not keep a file.</exception>
    public async Task<IReadOnlyList<StagedFile>> StageAsync(JudgedUnit judged, CancellationToken cancellation)
    {
        var orders = new List<RowOrder>();
        var jobs = new List<StagingJob>();
        try
        {
            foreach (var kind in Enum.GetValues<EventKind>())
                if (judged.Unit.Facts[(int)kind] is { } batch)
                    Plan(batch, Order(judged, kind, batch), judged.Unit.IsLive, orders, jobs);
            Plan(judged.Unit.Rejects, AllRows(judged.Unit.Rejects), late: false, orders, jobs);
            var staged = new StagedFile?[jobs.Count];
            // The largest first, so that no core is left with a large one at the end.
            var largestFirst = Enumerable.Range(0, jobs.Count).OrderByDescending(i => jobs[i].Count).ToArray();
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = cancellation,
            };
            try
            {
                await Parallel.ForEachAsync(
                    largestFirst,
                    parallel,
                    async (i, token) => staged[i] = await WriteAsync(jobs[i], token)
                );
                return staged!;
            }
            catch
            {
                // On a full disk the others would keep it full.
                await DropAsync(staged.OfType<StagedFile>());
                throw;
            }
        }
        finally
        {
            foreach (var order in orders)
                order.Dispose();
        }
    }

    /// <summary>Removes files of a unit that was not committed.</summary>
    public async Task DropAsync(IEnumerable<StagedFile> files)
    {
        foreach (var file in files)
            await FactFile.DropAsync(store, file);
    }

    private static void Plan(ColumnBatch batch, RowOrder order, bool late, List<RowOrder> orders, List<StagingJob> jobs)
    {
        orders.Add(order);
        var few = late ? LateDates(order) : [];
        for (var i = 0; i < order.DateCount; i++)
        {
            var index = i;
            if (!few.Contains(i))
                jobs.Add(new StagingJob(batch, () => order.RowsAt(index), order.RowsAt(i).Length, order.DateAt(i)));
        }

        if (few.Count == 0)
            return;
        int[] rows = [.. few.SelectMany(i => order.RowsAt(i).ToArray())];
        jobs.Add(new StagingJob(batch, () => rows, rows.Length, null));
    }

    private static List<int> LateDates(RowOrder order)
    {
        var rows = Enumerable.Range(0, order.DateCount).Sum(i => order.RowsAt(i).Length);
        var few = Enumerable
            .Range(0, order.DateCount)
            .Where(i => order.RowsAt(i).Length is var count && count < MostLateRows && count < rows * MostLatePart)
            .ToList();
        return few;
    }

    private static unsafe RowOrder Order(JudgedUnit judged, EventKind kind, ColumnBatch batch) =>
        new(batch, judged.VerdictsOf(kind));

    private static unsafe RowOrder AllRows(ColumnBatch batch) => new(batch, null);

    private ValueTask<StagedFile> WriteAsync(StagingJob job, CancellationToken cancellation) =>
        FactFile.WriteAsync(
            store,
            job.Batch,
            job.Rows,
            job.Date is { } date ? LakeTable.NewFilePath(date) : LateRows.NewPath(),
            job.Date,
            options,
            cancellation
        );

    /// <param name="Date">The partition; null for late rows of several dates.</param>
    private sealed record StagingJob(ColumnBatch Batch, RowNumbers Rows, int Count, DateOnly? Date);
}
