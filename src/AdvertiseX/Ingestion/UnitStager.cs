using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Writes the accepted rows of a judged unit and its rejects to Parquet files at their final place, where no reader
/// looks until the ledger names them: one file for each table and date, several at once. Thread-safe.
/// </summary>
internal sealed class UnitStager(IObjectStore store, ParquetOptions options)
{
    /// <summary>Writes all files and makes them durable.</summary>
    /// <exception cref="IOException">The store could not keep a file.</exception>
    public async Task<IReadOnlyList<StagedFile>> StageAsync(JudgedUnit judged, CancellationToken cancellation)
    {
        var orders = new List<RowOrder>();
        var jobs = new List<StagingJob>();
        try
        {
            foreach (var kind in Enum.GetValues<EventKind>())
                if (judged.Unit.Facts[(int)kind] is { } batch)
                    Plan(batch, Order(judged, kind, batch), orders, jobs);
            Plan(judged.Unit.Rejects, AllRows(judged.Unit.Rejects), orders, jobs);
            var staged = new StagedFile[jobs.Count];
            // The largest first, so that no core is left with a large one at the end.
            var largestFirst = Enumerable.Range(0, jobs.Count).OrderByDescending(i => jobs[i].RowCount).ToArray();
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = cancellation,
            };
            await Parallel.ForEachAsync(
                largestFirst,
                parallel,
                async (i, token) => staged[i] = await WriteAsync(jobs[i], token)
            );
            return staged;
        }
        finally
        {
            foreach (var order in orders)
                order.Dispose();
        }
    }

    /// <summary>Removes files of a unit that was not committed.</summary>
    public async Task DropAsync(IEnumerable<StagedFile> files, CancellationToken cancellation)
    {
        foreach (var file in files)
        {
            await store.DeleteAsync(file.Key, cancellation);
            await store.DeleteAsync(KeyPaths.SidecarOf(file.Table, file.Path), cancellation);
        }
    }

    private static void Plan(ColumnBatch batch, RowOrder order, List<RowOrder> orders, List<StagingJob> jobs)
    {
        orders.Add(order);
        for (var i = 0; i < order.DateCount; i++)
            jobs.Add(new StagingJob(batch, order, i));
    }

    private static unsafe RowOrder Order(JudgedUnit judged, EventKind kind, ColumnBatch batch) =>
        new(batch, judged.VerdictsOf(kind));

    private static unsafe RowOrder AllRows(ColumnBatch batch) => new(batch, null);

    private async ValueTask<StagedFile> WriteAsync(StagingJob job, CancellationToken cancellation)
    {
        var table = job.Batch.Schema.Name;
        var path = LakeTable.NewFilePath(job.Date);
        await using var target = await store.CreateAsync($"{table}/{path}", cancellation);
        var info = ParquetFileWriter.Write(target.Content, job.Batch, job.Rows, options);
        var size = await target.CompleteAsync(cancellation);
        if (KeySidecar.IsFor(job.Batch.Schema))
        {
            using var keys = KeySidecar.Of(job.Batch, job.Rows);
            await KeySidecar.WriteAsync(store, KeyPaths.SidecarOf(table, path), keys, cancellation);
        }

        return new StagedFile(table, path, job.Date, info.Rows, size, info.StatsJson, info.Hash);
    }

    private sealed record StagingJob(ColumnBatch Batch, RowOrder Order, int Index)
    {
        public DateOnly Date => Order.DateAt(Index);

        public ReadOnlySpan<int> Rows => Order.RowsAt(Index);

        public int RowCount => Rows.Length;
    }
}
