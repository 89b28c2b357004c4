using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>
/// Takes the rows of a tail out of a table: the files that hold them are written anew without them. Which rows, the
/// ledger entry tells (<see cref="LedgerEntry.RemovesFrom"/>), so any process can do it, and one commit lets it happen
/// once.
/// </summary>
internal sealed record TailRemoval(IReadOnlyList<AddFile> Adds, IReadOnlyList<RemoveFile> Removes)
{
    private static readonly TailRemoval Nothing = new([], []);

    /// <summary>Writes the files that take the place of those with the entry's rows; nothing when no row is to leave
    /// the table. A failed call leaves none.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    /// <exception cref="QueryException">A file cannot be read or written.</exception>
    public static async ValueTask<TailRemoval> WriteAsync(
        DataLake lake,
        LakeTable table,
        DeltaSnapshot snapshot,
        LedgerEntry entry,
        CancellationToken cancellation
    )
    {
        if (!entry.RemovesFrom(table.Name))
            return Nothing;
        var leaving = string.Join(
            " OR ",
            entry.Streams.Select(tail =>
                $"(stream = {SqlDialect.DuckDb.Text(tail.Stream)} AND stream_offset >= {tail.From})"
            )
        );
        var adds = new List<AddFile>();
        var removes = new List<RemoveFile>();
        var now = lake.Clock.GetUtcNow();
        var removal = new TailRemoval(adds, removes);
        try
        {
            foreach (var file in FilesWith(lake, table, snapshot, leaving))
            {
                removes.Add(RemoveFile.Of(file, now, dataChange: true));
                if (await WriteWithoutAsync(lake, table, file, leaving, now, cancellation) is { } add)
                    adds.Add(add);
            }
            return removal;
        }
        catch (Exception failed)
        {
            await removal.DropAsync(lake, table);
            if (failed is DuckDbException error)
                throw QueryException.From(error);
            throw;
        }
    }

    /// <summary>Deletes the files written, when they were not committed.</summary>
    public async ValueTask DropAsync(DataLake lake, LakeTable table)
    {
        foreach (var add in Adds)
            await lake.Store.DeleteAsync(table.KeyOf(add.Path), CancellationToken.None);
    }

    private static List<AddFile> FilesWith(DataLake lake, LakeTable table, DeltaSnapshot snapshot, string leaving)
    {
        if (snapshot.Files.Count == 0)
            return [];
        var byAddress = snapshot.Files.Values.ToDictionary(file => table.AddressOf(file.Path), StringComparer.Ordinal);
        var found = new List<AddFile>();
        using var connection = lake.Engine.Connect();
        // Row group statistics keep this from reading more than footers of nearly every file.
        using var result = connection.Query(
            $"SELECT DISTINCT filename FROM read_parquet({SqlDialect.DuckDb.List(byAddress.Keys)}, filename = true, hive_partitioning = false, "
                + $"union_by_name = true) WHERE {leaving}"
        );
        for (var rows = result.Rows(); rows.Read(); )
            found.Add(byAddress[rows.GetString(0)]);
        return found;
    }

    private static async ValueTask<AddFile?> WriteWithoutAsync(
        DataLake lake,
        LakeTable table,
        AddFile file,
        string leaving,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var path = LakeTable.NewFilePath(file.EventDate);
        try
        {
            return await WriteWithoutAsync(lake, table, file, path, leaving, now, cancellation);
        }
        catch
        {
            await lake.Store.DeleteAsync(table.KeyOf(path), CancellationToken.None);
            throw;
        }
    }

    private static async ValueTask<AddFile?> WriteWithoutAsync(
        DataLake lake,
        LakeTable table,
        AddFile file,
        string path,
        string leaving,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        long rows;
        using (var connection = lake.Engine.Connect())
        {
            rows = connection.Execute(
                $"COPY (SELECT * EXCLUDE (file_row_number) FROM read_parquet({SqlDialect.DuckDb.Text(table.AddressOf(file.Path))}, file_row_number = true, "
                    + $"hive_partitioning = false) WHERE NOT ({leaving}) ORDER BY file_row_number) "
                    + $"TO {SqlDialect.DuckDb.Text(table.AddressOf(path))} (FORMAT parquet, COMPRESSION zstd)"
            );
        }
        if (rows > 0)
        {
            var kept = await lake.Staging.SealAsync(
                new StagedFile(table.Name, path, file.EventDate, rows, 0),
                cancellation
            );
            return new(
                path,
                file.PartitionValues,
                kept.SizeBytes,
                now.ToUnixTimeMilliseconds(),
                true,
                $"{{\"numRecords\":{rows}}}"
            )
            {
                Tags = AddFile.TagsOf(kept.Hash, file.Ledger),
            };
        }
        await lake.Store.DeleteAsync(table.KeyOf(path), cancellation);
        return null;
    }
}
