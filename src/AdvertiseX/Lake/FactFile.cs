using AdvertiseX.Columns;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>Numbers of rows of a batch, in the order in which they are written; valid while the batch is.</summary>
internal delegate ReadOnlySpan<int> RowNumbers();

/// <summary>Writes a file of a fact table with its sidecar of keys.</summary>
internal static class FactFile
{
    /// <summary>Writes some rows of a batch and makes them durable where no reader looks; a failed call leaves
    /// nothing.</summary>
    /// <param name="store">The lake's store.</param>
    /// <param name="batch">Rows of the table.</param>
    /// <param name="rows">Which, in their order.</param>
    /// <param name="path">Path of the new file, relative to the table's folder.</param>
    /// <param name="date">Its partition; null for late rows of several dates.</param>
    /// <param name="options">Its layout.</param>
    /// <param name="cancellation">Stops before it is durable.</param>
    /// <exception cref="IOException">The store could not keep it.</exception>
    public static async ValueTask<StagedFile> WriteAsync(
        IObjectStore store,
        ColumnBatch batch,
        RowNumbers rows,
        string path,
        DateOnly? date,
        ParquetOptions options,
        CancellationToken cancellation
    )
    {
        var table = batch.Schema.Name;
        await using var target = await store.CreateAsync(LakeTable.KeyOf(table, path), cancellation);
        var info = ParquetFileWriter.Write(target.Content, batch, rows(), options);
        var size = await target.CompleteAsync(cancellation);
        FaultPoint.Reach(date is null ? "stage: late file written" : "stage: file written");
        if (KeySidecar.IsFor(batch.Schema))
        {
            using var keys = KeySidecar.Of(batch, rows());
            try
            {
                await KeySidecar.WriteAsync(store, KeyPaths.SidecarOf(table, path), keys, cancellation);
            }
            catch
            {
                await store.DeleteAsync(LakeTable.KeyOf(table, path), CancellationToken.None);
                throw;
            }
            FaultPoint.Reach("stage: sidecar written");
        }

        return new StagedFile(table, path, date, info.Rows, size, info.StatsJson, info.Hash);
    }

    /// <summary>Removes a file that no log names, for certain.</summary>
    public static async ValueTask DropAsync(IObjectStore store, StagedFile file)
    {
        await store.DeleteAsync(file.Key, CancellationToken.None);
        await store.DeleteAsync(KeyPaths.SidecarOf(file.Table, file.Path), CancellationToken.None);
    }
}
