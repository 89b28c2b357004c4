using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>
/// Tells what a SELECT that somebody else wrote would read and give, without reading a row: in an instance of its own
/// that can open no file. Thread-safe.
/// </summary>
internal sealed class SelectCheck : IDisposable
{
    private readonly DuckDbDatabase _database;

    /// <exception cref="DllNotFoundException">DuckDB's library is not installed; the text says what to run.</exception>
    public SelectCheck()
    {
        _database = DuckDbDatabase.Open(
            settings: new DuckDbEngineOptions { MemoryLimitMebibytes = 64, Threads = 1 }.ToSettings()
        );
        using var connection = _database.Connect();
        connection.Execute(
            "SET GLOBAL TimeZone = 'UTC'; SET GLOBAL enable_external_access = false; SET GLOBAL lock_configuration = true;"
        );
    }

    /// <summary>Whether it is one SELECT that reads only tables of these names, and gives the same rows for the same
    /// tables.</summary>
    /// <exception cref="QueryException">It is not, or does not parse.</exception>
    public void RequireReadsOnly(string select, IReadOnlySet<string> tables)
    {
        using var connection = _database.Connect();
        try
        {
            ModelSqlGuard.Check(connection, select, tables);
        }
        catch (DuckDbException error)
        {
            throw QueryException.From(error);
        }
    }

    /// <summary>Names of the columns that it gives.</summary>
    /// <param name="select">The statement.</param>
    /// <param name="sets">The tables that it reads; their files are not opened.</param>
    /// <exception cref="QueryException">It names what is not there, does not fit the types, or has a
    /// parameter.</exception>
    public IReadOnlyList<string> ColumnsOf(string select, IReadOnlyList<ParquetSet> sets)
    {
        using var connection = _database.Connect();
        try
        {
            foreach (var set in sets)
                connection.Execute(ParquetView.Create(set with { Files = [] }, temporary: true));
            using var statement = connection.Prepare(select);
            if (statement.ParameterCount > 0)
                throw new QueryException(
                    QueryFailure.WrongSql,
                    "it has a parameter (?, $1 or $name), which nothing gives a value"
                );
            return [.. statement.Columns.Select(column => column.Name)];
        }
        catch (DuckDbException error)
        {
            throw QueryException.From(error);
        }
    }

    public void Dispose() => _database.Dispose();
}
