using AdvertiseX.Configuration;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>
/// SQL that a user typed, over the given tables and nothing else: an instance of its own that can open those tables'
/// files only, with its configuration locked, and statements that only read. Files are named one by one rather than by
/// their folder, so that files which are not (or no longer) part of a table cannot be read either. Thread-safe.
/// </summary>
/// <remarks>
/// The limits are those of DuckDB, in this process: memory that it takes for a single value, or for the state of an
/// aggregate, is not counted, and one call of a function is not interrupted. <c>repeat('x', 3000000000)</c> takes six
/// gigabytes and longer than any time limit. A host that runs the SQL of strangers does so in a process that it can
/// end, as <c>adx query</c> does.
/// </remarks>
public sealed class UserSql : IDisposable
{
    private readonly DuckDbDatabase _database;
    private readonly UserSqlOptions _options;
    private readonly TimeProvider _time;
    private readonly string _spillFolder;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="QueryException">A file of a table cannot be read.</exception>
    public UserSql(IReadOnlyList<ParquetSet> tables, UserSqlOptions? options = null, TimeProvider? time = null)
    {
        _options = OptionCheck.Require(options ?? new UserSqlOptions());
        _time = time ?? TimeProvider.System;
        var settings = _options.Limits.ToSettings();
        _spillFolder = settings["temp_directory"];
        _database = DuckDbDatabase.Open(settings: settings);
        try
        {
            using var connection = _database.Connect();
            foreach (var table in tables)
                connection.Execute(ParquetView.Create(table, temporary: false));
            connection.Execute(LockDown(tables));
        }
        catch (Exception error)
        {
            _database.Dispose();
            if (error is DuckDbException failed)
                throw QueryException.From(failed);
            throw;
        }
    }

    /// <summary>Starts one statement that reads.</summary>
    /// <exception cref="QueryException">It is wrong, not allowed, or met a limit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public QueryResult Run(string sql, CancellationToken cancellation)
    {
        var (connection, statement) = Open(sql);
        var deadline = new QueryDeadline(connection, _options.TimeLimit, _time, cancellation);
        return QueryResult.Start(connection, statement.Sql, deadline, connection);
    }

    /// <summary>Writes the rows of one statement that reads to <see cref="UserSqlOptions.OutputFile"/>, over what is
    /// there.</summary>
    /// <returns>The number of rows.</returns>
    /// <exception cref="InvalidOperationException">The options name no output file.</exception>
    /// <exception cref="QueryException">It is wrong, not allowed, or met a limit; a part of the file may then be
    /// there.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; a part of the file may then be there.</exception>
    public long WriteParquet(string sql, CancellationToken cancellation)
    {
        var file = _options.OutputFile ?? throw new InvalidOperationException("no output file was named");
        var (connection, statement) = Open(sql);
        using var owned = connection;
        if (statement.IsExplain)
            throw new QueryException(
                QueryFailure.NotAllowed,
                "EXPLAIN gives a text for people, which is not written as Parquet"
            );
        using var deadline = new QueryDeadline(connection, _options.TimeLimit, _time, cancellation);
        try
        {
            // Without the temporary name that COPY would write to first: it is not among the paths allowed.
            return connection.Execute(
                $"COPY (SELECT * FROM (\n{statement.Sql}\n)) TO {SqlDialect.DuckDb.Text(file)} "
                    + "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
            );
        }
        catch (DuckDbException error)
        {
            throw deadline.Explain(error);
        }
    }

    /// <summary>The tables that a statement reads, as its syntax tree names them; null for one that is not a plain
    /// query (EXPLAIN), or does not parse.</summary>
    internal IReadOnlySet<string>? TablesOf(string sql)
    {
        try
        {
            using var connection = _database.Connect();
            using var tree = UserSqlGuard.ReadTree(connection, sql, "");
            return UserSqlGuard
                .ObjectsOf(tree.RootElement)
                .Select(element => element.TryGetProperty("table_name", out var name) ? name.GetString() : null)
                .OfType<string>()
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception error) when (error is QueryException or DuckDbException)
        {
            return null;
        }
    }

    public void Dispose() => _database.Dispose();

    /// <summary>Deletes what was spilled, before the process ends without <see cref="Dispose"/>; a statement that runs
    /// then fails.</summary>
    /// <exception cref="IOException">Something is left.</exception>
    /// <exception cref="UnauthorizedAccessException">Something is left.</exception>
    internal void DeleteSpilled()
    {
        if (Directory.Exists(_spillFolder))
            Directory.Delete(_spillFolder, recursive: true);
    }

    private (DuckDbConnection Connection, UserStatement Statement) Open(string sql)
    {
        if (sql.Length > _options.MaxSqlCharacters)
            throw new QueryException(
                QueryFailure.WrongSql,
                $"the statement is longer than {_options.MaxSqlCharacters} characters"
            );
        var connection = _database.Connect();
        try
        {
            return (connection, UserSqlGuard.Check(connection, sql));
        }
        catch (Exception error)
        {
            connection.Dispose();
            if (error is DuckDbException wrong)
                throw QueryException.From(wrong);
            throw;
        }
    }

    private string LockDown(IReadOnlyList<ParquetSet> tables)
    {
        // Opening a file checks its name; expanding a name that holds * ? [ checks the pattern it is written as.
        var paths = tables
            .SelectMany(table => table.Files)
            .SelectMany(file => new[] { file, SelectText.Pattern(file) })
            .Concat(_options.OutputFile is { } output ? [output] : [])
            .Distinct(StringComparer.Ordinal);
        return $"""
            SET GLOBAL TimeZone = 'UTC';
            SET GLOBAL allowed_paths = {SqlDialect.DuckDb.List(paths)};
            SET GLOBAL enable_external_access = false;
            SET GLOBAL lock_configuration = true;
            """;
    }
}
