using System.Text;
using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>
/// DuckDB for the lake's own small needs: checkpoints, rows of the ledger, compaction, checks. Opened when first
/// needed, so that a lake can be read without it while no checkpoint is there. Stands beside the logs, as their
/// checkpoints are Parquet; <c>Lake</c>, which knows this folder, uses it too. Safe for many threads; each call has a
/// connection of its own.
/// </summary>
internal sealed class LakeEngine : IDisposable
{
    private readonly Lazy<DuckDbDatabase> _database;
    private readonly bool _isOwner;

    public LakeEngine(DuckDbEngineOptions? options = null) =>
        (_database, _isOwner) = (
            new(() => DuckDbDatabase.Open(null, (options ?? new DuckDbEngineOptions()).ToSettings())),
            true
        );

    /// <summary>The same instance for one more lake; it stays the other's.</summary>
    public LakeEngine(LakeEngine other) => _database = other._database;

    public DuckDbConnection Connect() => _database.Value.Connect();

    /// <summary>Lines of JSON, made by us, as a Parquet file of the given columns, whose types have DuckDB's
    /// names.</summary>
    public async ValueTask<byte[]> ParquetOfAsync(
        ReadOnlyMemory<byte> lines,
        IReadOnlyList<(string Name, string Type)> columns,
        CancellationToken cancellation
    )
    {
        using var scratch = ScratchSpace.Create(null, "lake");
        var source = scratch.PathOf("rows.json");
        await scratch.WriteAsync("rows.json", lines, cancellation);
        var types = string.Join(
            ", ",
            columns.Select(column => $"{SqlDialect.DuckDb.Text(column.Name)}: {SqlDialect.DuckDb.Text(column.Type)}")
        );
        using (var connection = Connect())
        {
            connection.Execute(
                $"COPY (SELECT * FROM read_json({SqlDialect.DuckDb.Text(source)}, format = 'newline_delimited', maximum_object_size = {LongestLine(lines.Span) + 1024}, "
                    + $"columns = {{{types}}})) TO {SqlDialect.DuckDb.Text(scratch.PathOf("rows.parquet"))} (FORMAT parquet, COMPRESSION zstd)"
            );
        }
        return await scratch.ReadAsync("rows.parquet", cancellation);
    }

    /// <summary>Every row of a Parquet file as one JSON object, in the file's order.</summary>
    /// <exception cref="Delta.DeltaException">The file cannot be read.</exception>
    public ValueTask ReadAsJsonAsync(string address, Action<ReadOnlyMemory<byte>> visit, CancellationToken cancellation)
    {
        try
        {
            using var connection = Connect();
            using var result = connection.Query(
                $"SELECT CAST(to_json(t) AS VARCHAR) FROM read_parquet({SqlDialect.DuckDb.Text(address)}) t"
            );
            var rows = result.Rows();
            while (rows.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                visit(rows.GetBytes(0).ToArray());
            }
        }
        catch (DuckDbException failed)
        {
            throw new Delta.DeltaException($"{address} cannot be read: {failed.Message}", failed);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>DuckDB takes twice the longest object as its buffer, so it is told no more than there is.</summary>
    private static int LongestLine(ReadOnlySpan<byte> lines)
    {
        var longest = 1 << 16;
        foreach (var line in lines.Split((byte)'\n'))
            longest = Math.Max(longest, line.End.Value - line.Start.Value);
        return longest;
    }

    public void Dispose()
    {
        if (_isOwner && _database.IsValueCreated)
            _database.Value.Dispose();
    }
}
