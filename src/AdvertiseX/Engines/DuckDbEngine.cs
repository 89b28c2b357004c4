using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>
/// DuckDB in this process, for SQL of our own models; SQL that a user typed goes to <see cref="UserSql"/>. Time zone
/// UTC. Rows without ORDER BY come in any order. Thread-safe: each call has its own connection and sees its own files.
/// </summary>
public sealed class DuckDbEngine : IQueryEngine
{
    private readonly DuckDbDatabase _database;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="DllNotFoundException">DuckDB's library is not installed; the text says what to run.</exception>
    public DuckDbEngine(DuckDbEngineOptions? options = null, TimeProvider? time = null)
    {
        options ??= new DuckDbEngineOptions();
        var settings = options.ToSettings();
        Threads = options.EffectiveThreads;
        // Lets COPY write in parallel and keeps less in memory; an ORDER BY holds nevertheless.
        settings["preserve_insertion_order"] = "false";
        _time = time ?? TimeProvider.System;
        _database = DuckDbDatabase.Open(settings: settings);
        using var connection = _database.Connect();
        connection.Execute("SET GLOBAL TimeZone = 'UTC'");
        // Files never change under their names: their footers need not be read anew for each statement.
        connection.Execute("SET GLOBAL parquet_metadata_cache = true");
    }

    public string Name => "duckdb";

    public int Threads { get; }

    public SqlDialect Dialect => SqlDialect.DuckDb;

    public Task<IReadOnlyList<WrittenFile>> WriteAsync(
        string select,
        IReadOnlyList<ParquetSet> sets,
        ParquetOutput output,
        CancellationToken cancellation
    ) => Task.Run(() => Write(select, sets, output, cancellation), cancellation);

    public Task<QueryResult> ReadAsync(string select, IReadOnlyList<ParquetSet> sets, CancellationToken cancellation) =>
        Task.Run(() => Read(select, sets, cancellation), cancellation);

    /// <summary>As <see cref="ReadAsync"/>, on this thread.</summary>
    public QueryResult Read(string select, IReadOnlyList<ParquetSet> sets, CancellationToken cancellation)
    {
        var connection = _database.Connect();
        var deadline = new QueryDeadline(connection, null, _time, cancellation);
        try
        {
            select = Over(connection, select, sets, inAnyOrder: false);
        }
        catch (Exception error)
        {
            deadline.Dispose();
            connection.Dispose();
            if (error is DuckDbException failed)
                throw deadline.Explain(failed);
            throw;
        }

        return QueryResult.Start(connection, select, deadline, connection);
    }

    /// <summary>As <see cref="WriteAsync"/>, on this thread.</summary>
    public IReadOnlyList<WrittenFile> Write(
        string select,
        IReadOnlyList<ParquetSet> sets,
        ParquetOutput output,
        CancellationToken cancellation
    )
    {
        using var connection = _database.Connect();
        using var deadline = new QueryDeadline(connection, null, _time, cancellation);
        try
        {
            return ParquetCopy.Run(connection, Over(connection, select, sets, inAnyOrder: true), output);
        }
        catch (DuckDbException error)
        {
            throw deadline.Explain(error);
        }
    }

    public void Dispose() => _database.Dispose();

    // The statement over its sets, of which only those are bound that it may read: binding one opens a file of it.
    // Views are parsed and bound twice, when they are made and when they are read, which is a sixth of the CPU time of
    // models over a small lake, so sets are common table expressions wherever these can stand before the statement.
    private static string Over(
        DuckDbConnection connection,
        string select,
        IReadOnlyList<ParquetSet> sets,
        bool inAnyOrder
    )
    {
        var named = sets.Where((set, i) => SelectText.MayName(select, set.Name) || IsNamedByOne(sets.Skip(i + 1), set))
            .ToList();
        if (named.Count == 0)
            return select;
        var expressions = $"WITH {string.Join(",\n", named.Select(ParquetView.CommonTable))}\n";
        if (SelectText.BeginsWithSelect(select))
            return expressions + select;
        if (inAnyOrder)
            return $"{expressions}FROM (\n{SelectText.Inner(select)}\n)";
        // Temporary views belong to the connection: two calls may give one name to different files.
        foreach (var set in named)
            connection.Execute(ParquetView.Create(set, temporary: true));
        return select;
    }

    private static bool IsNamedByOne(IEnumerable<ParquetSet> later, ParquetSet set) =>
        later.Any(other => other.Where is { } where && SelectText.MayName(where, set.Name));
}
