using AdvertiseX.Columns;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>
/// Merges files of our own writer that belong to one fact table and date into new ones, one for each slice of time, at
/// a cost near to that of writing them (<c>docs/decisions/053-merging-our-own-files.md</c>). Thread-safe.
/// </summary>
/// <param name="store">The lake's store.</param>
/// <param name="options">Layout of the new files.</param>
internal sealed class FactFileMerge(IObjectStore store, ParquetOptions options)
{
    /// <summary>Bytes that rows take in memory at once: encoded, with their order and one column. Larger inputs are
    /// merged in several windows, each a range of campaigns and times.</summary>
    public long WindowBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Merges the rows of all inputs, ordered by campaign and time. Inputs are compared with their hashes and row
    /// counts before the new files are complete.
    /// </summary>
    /// <param name="schema">The table's newest schema; columns that an input lacks are null.</param>
    /// <param name="inputs">The files; they may be of different ages.</param>
    /// <param name="date">Their partition.</param>
    /// <param name="slices">Which file takes which times, ascending; the first slice also takes what is before it.
    /// None, and for a table without times any: one file.</param>
    /// <param name="cancellation">Stops between two row groups; nothing is left then.</param>
    /// <returns>The new files, whole and durable, in the order of their index, those
    /// without rows left out; null, with nothing left, when an input has another
    /// layout than our writer's, for which an engine has to be asked.</returns>
    /// <exception cref="IOException">There is no such input, or the store failed.</exception>
    /// <exception cref="DeltaException">An input is damaged, or has not the rows that the log says.</exception>
    public async Task<IReadOnlyList<StagedFile>?> MergeAsync(
        TableSchema schema,
        IReadOnlyList<MergeInput> inputs,
        DateOnly? date,
        IReadOnlyList<MergeSlice> slices,
        CancellationToken cancellation
    )
    {
        var sources = new List<MergeSource>();
        using var scratch = new DecodeScratch();
        try
        {
            foreach (var input in inputs)
            {
                cancellation.ThrowIfCancellationRequested();
                if (MergeSource.Open(store, input, schema, scratch) is not { } source)
                    return null;
                sources.Add(source);
            }

            return MergePlan.Make(sources, schema, WindowBytes, cancellation) is { } windows
                ? await MergeAsync(schema, sources, windows, date, SlicesOf(schema, slices), cancellation)
                : null;
        }
        finally
        {
            foreach (var source in sources)
                source.Dispose();
        }
    }

    private static IReadOnlyList<MergeSlice> SlicesOf(TableSchema schema, IReadOnlyList<MergeSlice> slices)
    {
        for (var i = 1; i < slices.Count; i++)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(slices[i].From, slices[i - 1].From, nameof(slices));
        return slices.Count == 0 || !schema.Has("event_time") ? [new MergeSlice(long.MinValue, 0)] : slices;
    }

    private async Task<IReadOnlyList<StagedFile>?> MergeAsync(
        TableSchema schema,
        IReadOnlyList<MergeSource> sources,
        IReadOnlyList<MergeWindow> windows,
        DateOnly? date,
        IReadOnlyList<MergeSlice> slices,
        CancellationToken cancellation
    )
    {
        await using var output = new SlicedOutput(store, schema, date, slices.Max(slice => slice.File) + 1, options);
        foreach (var window in windows)
        {
            var reader = new WindowReader(sources, window, schema, cancellation);
            using var rows = reader.ReadOrder(slices);
            if (rows == null)
                return null;
            BeginHashes(sources);
            await output.BeginAsync(rows, cancellation);
            if (!Encode(reader, schema, output))
                return null;
            output.End();
        }

        foreach (var source in sources)
            source.RequireHash();
        return await output.CompleteAsync(cancellation);
    }

    /// <summary>Columns are read one by one: a file of one row group is so read in the order of its bytes, one of
    /// several is hashed before.</summary>
    private static void BeginHashes(IReadOnlyList<MergeSource> sources)
    {
        foreach (var source in sources)
        {
            source.BeginHash();
            if (source.Reader.RowGroups.Count > 1)
                source.RequireHash();
        }
    }

    private static bool Encode(WindowReader reader, TableSchema schema, SlicedOutput output)
    {
        var index = 0;
        foreach (var column in schema.Columns.Where(column => !column.Partition))
        {
            using var batch = reader.Read(column);
            if (batch == null)
                return false;
            output.Encode(batch, index++);
        }

        return true;
    }
}
