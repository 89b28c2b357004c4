using AdvertiseX.Engines;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Where query engines make files of a lake before any log names them: at their final place, where no reader looks. An
/// engine is told addresses and writes; everything else that happens to such files (folders, names relative to their
/// table, durability, removal) goes through the object store, so that a lake may lie anywhere. Thread-safe.
/// </summary>
/// <param name="store">The lake's store.</param>
internal sealed class StagingArea(IObjectStore store)
{
    // A disk takes many flushes in the time of one.
    private const int SealedAtOnce = 8;

    /// <summary>Writes the rows of a SELECT as new files of a table. They are whole but not durable yet; a failed call
    /// leaves none.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="select">The SELECT, in the engine's words.</param>
    /// <param name="sets">What it reads.</param>
    /// <param name="table">Name of the table.</param>
    /// <param name="layout">How the rows are laid out, for the address of a folder.</param>
    /// <param name="cancellation">Stops the engine.</param>
    /// <param name="partition">Path of the partition's folder below the table's, when all rows belong into one and do
    /// not hold its value.</param>
    /// <exception cref="QueryException">The SELECT is wrong or met a limit.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<IReadOnlyList<StagedFile>> WriteAsync(
        IQueryEngine engine,
        string select,
        IReadOnlyList<ParquetSet> sets,
        string table,
        Func<string, ParquetOutput> layout,
        CancellationToken cancellation,
        string partition = ""
    )
    {
        var output = layout(store.FolderAddressOf(partition.Length == 0 ? table : $"{table}/{partition}"));
        IReadOnlyList<WrittenFile> written;
        try
        {
            written = await engine.WriteAsync(select, sets, output, cancellation);
        }
        catch
        {
            await DropWrittenAsync(table, output.FilePrefix);
            throw;
        }

        var files = written.Select(file => (file.Rows, Staged: StagedOf(table, file))).ToList();
        await DropAsync(files.Where(file => file.Rows == 0).Select(file => file.Staged));
        return [.. files.Where(file => file.Rows > 0).Select(file => file.Staged)];
    }

    /// <summary>Makes files durable; a commit may name them afterwards.</summary>
    /// <exception cref="IOException">The store could not keep a file.</exception>
    public async Task SealAsync(IEnumerable<StagedFile> files, CancellationToken cancellation) =>
        await Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = SealedAtOnce, CancellationToken = cancellation },
            async (file, stop) => await store.SealAsync(file.Key, stop)
        );

    /// <summary>Removes files that no commit names, for certain.</summary>
    public async Task DropAsync(IEnumerable<StagedFile> files)
    {
        foreach (var file in files)
            await store.DeleteAsync(file.Key, CancellationToken.None);
    }

    private StagedFile StagedOf(string table, WrittenFile file) =>
        new(
            table,
            store.KeyOf(file.Path)[(table.Length + 1)..],
            file.PartitionValue is { } value ? DateOnly.ParseExact(value, "yyyy-MM-dd") : null,
            file.Rows,
            file.Bytes
        );

    // An engine that failed half way may have left files, which its prefix tells from all others.
    private async Task DropWrittenAsync(string table, string prefix)
    {
        await foreach (var found in store.ListAsync(table + "/", null, CancellationToken.None))
        {
            if (found.Key[(found.Key.LastIndexOf('/') + 1)..].StartsWith(prefix, StringComparison.Ordinal))
                await store.DeleteAsync(found.Key, CancellationToken.None);
        }
    }
}
