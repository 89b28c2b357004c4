using System.Text;
using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>
/// DuckDB for the lake's own small needs: checkpoints of other writers, compaction, checks. Opened when first needed:
/// writing and opening a lake do without it. Stands beside the logs, as their checkpoints are Parquet; <c>Lake</c>,
/// which knows this folder, uses it too. Safe for many threads; each call has a
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

    public void Dispose()
    {
        if (_isOwner && _database.IsValueCreated)
            _database.Value.Dispose();
    }
}
