using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>
/// Writes the rows of several files of a partition as new ones, with their sidecars: files of a fact table in our own
/// layout without an engine (<see cref="FactFileMerge"/>), all others by the query engine's COPY, one pass over the
/// files for each that it writes.
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="engine">Reads and writes.</param>
internal sealed class FileMerge(DataLake lake, IQueryEngine engine)
{
    private readonly FactFileMerge _ours = new(lake.Store, new ParquetOptions());

    /// <summary>Writes the files of a request, whole and durable, in the order of its parts. A failed call leaves
    /// none.</summary>
    /// <returns>The files, without statistics where an engine wrote them; a part without rows has none.</returns>
    /// <exception cref="QueryException">A file cannot be read, or a sum is beyond its column.</exception>
    /// <exception cref="DeltaException">A file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<IReadOnlyList<StagedFile>> WriteAsync(
        MergeRequest request,
        CancellationToken cancellation = default
    )
    {
        var schema = FactTables.All.FirstOrDefault(each => each.Name == request.Table.Name);
        var files = schema is null || request.Fold is not null ? null : await MergeAsync(schema, request, cancellation);
        files ??= await CopyAsync(request, cancellation);
        try
        {
            if (schema is not null && KeySidecar.IsFor(schema))
                foreach (var file in files)
                    await KeySidecar.MakeAsync(lake.Store, lake.Engine, schema, file.Path, cancellation);
            return files;
        }
        catch
        {
            await DropAsync(request.Table, files.Select(file => file.Path));
            throw;
        }
    }

    private Task<IReadOnlyList<StagedFile>?> MergeAsync(
        TableSchema schema,
        MergeRequest request,
        CancellationToken cancellation
    ) =>
        _ours.MergeAsync(
            schema,
            [.. request.Inputs.Select(file => new MergeInput(request.Table.KeyOf(file.Path), file.Hash, file.Rows))],
            request.Inputs[0].EventDate,
            SlicesOf(request),
            cancellation
        );

    private static IReadOnlyList<MergeSlice> SlicesOf(MergeRequest request) =>
        request.Parts is not { } parts
            ? []
            :
            [
                .. RangesOf(request, parts)
                    .SelectMany((ranges, file) => ranges.Select(range => new MergeSlice(range.From, file)))
                    .OrderBy(slice => slice.From),
            ];

    private async ValueTask<IReadOnlyList<StagedFile>> CopyAsync(MergeRequest request, CancellationToken cancellation)
    {
        RequireUndamaged(request, cancellation);
        var written = new List<StagedFile>();
        try
        {
            foreach (var condition in Conditions(request))
                written.AddRange(await WriteAsync(request, condition, cancellation));
            return await lake.Staging.SealAsync(written, cancellation);
        }
        catch
        {
            await DropAsync(request.Table, written.Select(file => file.Path));
            throw;
        }
    }

    /// <summary>Merged files get a hash of their own, which would vouch for damage that came from their
    /// inputs.</summary>
    private void RequireUndamaged(MergeRequest request, CancellationToken cancellation)
    {
        foreach (var file in request.Inputs)
        {
            var key = request.Table.KeyOf(file.Path);
            if (file.Hash is { } hash && StagingArea.HashOf(lake.Store, key, cancellation) != hash)
                throw new DeltaException(
                    $"{key} is damaged and was not merged: its hash is not {hash}. Put it back from a backup."
                );
        }
    }

    private Task<IReadOnlyList<StagedFile>> WriteAsync(
        MergeRequest request,
        string condition,
        CancellationToken cancellation
    ) =>
        lake.Staging.WriteAsync(
            engine,
            engine.Dialect.Translate(Select(request, condition)),
            [SetOf(request.Table, request.Columns, request.Inputs)],
            request.Table.Name,
            folder => new ParquetOutput(folder)
            {
                SortColumns = request.Order,
                IsVersion2 = LakeTable.CanBeVersion2(request.Columns),
            },
            cancellation,
            FolderOf(request.Inputs[0].Path)
        );

    /// <summary>The rows of files as SQL sees them, under the name <c>files</c>.</summary>
    public static ParquetSet SetOf(
        LakeTable table,
        IReadOnlyList<DeltaColumn> columns,
        IReadOnlyList<AddFile> inputs
    ) =>
        new(
            "files",
            [.. columns.Select(column => new ParquetColumn(column.Name, column.SqlType))],
            [.. inputs.Select(file => table.AddressOf(file.Path))]
        )
        {
            FilesMayLackColumns = true,
        };

    /// <summary>Deletes files that were not committed, for certain.</summary>
    public async ValueTask DropAsync(LakeTable table, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            await lake.Store.DeleteAsync(KeyPaths.SidecarOf(table.Name, path), CancellationToken.None);
            await lake.Store.DeleteAsync(table.KeyOf(path), CancellationToken.None);
        }
    }

    private static IEnumerable<string> Conditions(MergeRequest request)
    {
        if (request.Parts is not { } parts)
        {
            yield return "";
            yield break;
        }
        foreach (var ranges in RangesOf(request, parts))
        {
            var times = ranges.Select(range =>
                $"({LakeTable.TimeColumn} >= timestamp_micros({range.From}) and {LakeTable.TimeColumn} < timestamp_micros({range.To}))"
            );
            yield return $" where {string.Join(" or ", times)}";
        }
    }

    private static IEnumerable<IReadOnlyList<(long From, long To)>> RangesOf(
        MergeRequest request,
        IReadOnlyList<SlicePart> parts
    )
    {
        var date = request.Inputs[0].EventDate!.Value;
        foreach (var part in parts)
        {
            var others = parts
                .Where(other => other != part)
                .SelectMany(other => other.Minutes)
                .Select(minute => minute.Minute)
                .ToHashSet();
            yield return part.Ranges(date, others);
        }
    }

    private string Select(MergeRequest request, string condition)
    {
        if (request.Fold is not { } fold)
            return $"select {string.Join(", ", request.Columns.Select(column => Name(column.Name)))} from files{condition}";
        var columns = request.Columns.Select(column =>
            fold.Sums.Contains(column.Name)
                ? $"cast(sum({Name(column.Name)}) as {engine.Dialect.NameOf(column.SqlType)}) as {Name(column.Name)}"
                : Name(column.Name)
        );
        // The partition's column is in no file: all rows have one value there.
        var grain = fold.Grain.Where(name => request.Columns.Any(column => column.Name == name)).Select(Name);
        return $"select {string.Join(", ", columns)} from files{condition} group by {string.Join(", ", grain)}";
    }

    private string Name(string column) => engine.Dialect.Name(column);

    /// <summary>The partition's folder below the table's; empty for none.</summary>
    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];
}
