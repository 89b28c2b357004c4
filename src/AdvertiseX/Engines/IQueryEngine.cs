namespace AdvertiseX.Engines;

/// <summary>
/// Evaluates a SELECT over named sets of Parquet files. Never commits anything: what is written is the caller's to
/// commit or delete. Thread-safe; each call sees exactly the files that it was given.
/// </summary>
/// <remarks>
/// Both calls throw <see cref="QueryException"/> for SQL that is wrong or met a limit, and
/// <see cref="OperationCanceledException"/> when cancelled.
/// </remarks>
public interface IQueryEngine : IDisposable
{
    /// <summary>"duckdb" or another engine's name, for messages.</summary>
    string Name { get; }

    /// <summary>The threads that a statement may keep busy, at least 1.</summary>
    int Threads { get; }

    /// <summary>How SQL for this engine is written.</summary>
    SqlDialect Dialect { get; }

    /// <summary>
    /// Writes the rows of <paramref name="select"/> as Parquet. Files are whole when the call returns but not forced to
    /// disk; one may have no rows. A failed call may leave files with the output's prefix: whoever gave the output
    /// removes them.
    /// </summary>
    Task<IReadOnlyList<WrittenFile>> WriteAsync(
        string select,
        IReadOnlyList<ParquetSet> sets,
        ParquetOutput output,
        CancellationToken cancellation
    );

    /// <summary>Starts <paramref name="select"/>; the rows are made while the result is read.</summary>
    Task<QueryResult> ReadAsync(string select, IReadOnlyList<ParquetSet> sets, CancellationToken cancellation);
}
