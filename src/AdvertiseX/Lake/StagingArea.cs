using System.Buffers;
using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Keys;
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
    private const int HashedAtOnce = 1 << 18;

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

    /// <summary>Makes files durable and hashes them, for which they are read once; a commit may name what is returned,
    /// in the same order.</summary>
    /// <exception cref="IOException">The store could not keep a file.</exception>
    public async Task<IReadOnlyList<StagedFile>> SealAsync(
        IReadOnlyList<StagedFile> files,
        CancellationToken cancellation
    )
    {
        var sealedFiles = new StagedFile[files.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, files.Count),
            new ParallelOptions { MaxDegreeOfParallelism = SealedAtOnce, CancellationToken = cancellation },
            async (i, stop) => sealedFiles[i] = await SealAsync(files[i], stop)
        );
        return sealedFiles;
    }

    /// <summary>The same for one file, whose size is the store's.</summary>
    /// <exception cref="IOException">The store could not keep the file.</exception>
    public async ValueTask<StagedFile> SealAsync(StagedFile file, CancellationToken cancellation)
    {
        var hash = HashOf(store, file.Key, cancellation);
        return file with { SizeBytes = await store.SealAsync(file.Key, cancellation), Hash = hash };
    }

    /// <summary>The hash of an object's bytes, which are read piece by piece.</summary>
    /// <exception cref="IOException">There is no such object, or the store failed.</exception>
    public static string HashOf(IObjectStore store, string key, CancellationToken cancellation)
    {
        using var content = store.OpenReader(key);
        var hash = new FileHash();
        var buffer = ArrayPool<byte>.Shared.Rent(HashedAtOnce);
        try
        {
            for (long at = 0; content.Read(buffer, at) is > 0 and var read; at += read)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.Append(buffer.AsSpan(0, read));
            }
            return hash.Text;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Removes files that no commit names, for certain, with the keys beside them.</summary>
    public async Task DropAsync(IEnumerable<StagedFile> files)
    {
        foreach (var file in files)
        {
            await store.DeleteAsync(file.Key, CancellationToken.None);
            await store.DeleteAsync(KeyPaths.SidecarOf(file.Table, file.Path), CancellationToken.None);
        }
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
