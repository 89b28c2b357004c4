using AdvertiseX.Engines;

namespace AdvertiseX.Tests.Engines;

public sealed class UserSqlTests : IClassFixture<UserSqlTests.Events>
{
    private readonly ParquetFolder _folder;
    private readonly ParquetSet _events;
    private readonly UserSql _sql;
    private readonly string _output;
    private readonly string[] _before;

    public UserSqlTests(Events events)
    {
        (_folder, _events, _sql, _output) = (events.Folder, events.Set, events.Sql, events.Output);
        File.Delete(_output);
        _before = Files();
    }

    [Theory]
    [InlineData("SELECT * FROM events", 1000)]
    [InlineData("  -- a comment\n select 1 ; ", 1)]
    [InlineData("WITH a AS (SELECT 1 AS x UNION ALL SELECT 2) SELECT * FROM a", 2)]
    [InlineData("FROM events LIMIT 3", 3)]
    [InlineData("VALUES (1), (2)", 2)]
    [InlineData("TABLE events", 1000)]
    [InlineData("DESCRIBE events", 4)]
    [InlineData("SHOW TABLES", 1)]
    [InlineData("SUMMARIZE events", 4)]
    [InlineData("SELECT * FROM range(5)", 5)]
    [InlineData("SELECT unnest([1, 2])", 2)]
    [InlineData("PIVOT events ON campaign_id IN ('c1', 'c2') USING count(*) GROUP BY event_date", 10)]
    [InlineData("EXPLAIN SELECT 1", 1)]
    [InlineData("/* why */ EXPLAIN ANALYZE SELECT count(*) FROM events", 1)]
    [InlineData("EXPLAIN (FORMAT json) SELECT 1", 1)]
    [InlineData("EXPLAIN (SELECT 1)", 1)]
    [InlineData("(SELECT 1) UNION ALL (SELECT 2)", 2)]
    [InlineData("SELECT 'COPY x TO y; enable_logging()'", 1)]
    [InlineData("SELECT table_name FROM information_schema.tables", 1)]
    public void What_reads_is_allowed(string sql, int rows)
    {
        using var result = _sql.Run(sql, CancellationToken.None);
        var count = 0;
        while (result.Read())
            count++;
        Assert.Equal(rows, count);
    }

    [Theory]
    [InlineData("COPY (SELECT 1) TO '{lake}/x.parquet'")]
    [InlineData("COPY events TO '/tmp/adx-hostile.csv'")]
    [InlineData("COPY events TO '{file}' (FORMAT parquet)")]
    [InlineData("EXPLAIN ANALYZE COPY (SELECT 1) TO '{file}'")]
    [InlineData("EXPLAIN COPY (SELECT 1) TO '{lake}/x.csv'")]
    [InlineData("EXPLAIN (ANALYZE) COPY (SELECT 1) TO '{file}'")]
    [InlineData("explain/**/analyze/* x */copy (SELECT 1) TO '{file}'")]
    [InlineData("EXPLAIN EXPLAIN ANALYZE COPY (SELECT 1) TO '{file}'")]
    [InlineData("SELECT 1; COPY (SELECT 1) TO '{file}'")]
    [InlineData("SELECT 1) TO '{file}' (FORMAT csv); --")]
    [InlineData("EXPORT DATABASE '{lake}/x'")]
    [InlineData("IMPORT DATABASE '{lake}/x'")]
    [InlineData("ATTACH '{lake}/x.db'")]
    [InlineData("ATTACH ':memory:' AS m")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("SET memory_limit = '10GB'")]
    [InlineData("SET VARIABLE x = 1")]
    [InlineData("RESET memory_limit")]
    [InlineData("PRAGMA database_list")]
    [InlineData("PRAGMA enable_profiling = 'json'")]
    [InlineData("CREATE TABLE t(x INT)")]
    [InlineData("CREATE OR REPLACE VIEW events AS SELECT 1")]
    [InlineData("CREATE MACRO m() AS 1")]
    [InlineData("DROP VIEW events")]
    [InlineData("INSERT INTO events VALUES (1)")]
    [InlineData("DELETE FROM events")]
    [InlineData("UPDATE events SET id = 1")]
    [InlineData("BEGIN")]
    [InlineData("CHECKPOINT")]
    [InlineData("VACUUM")]
    [InlineData("USE memory")]
    [InlineData("PREPARE p AS SELECT 1")]
    [InlineData("EXECUTE p")]
    [InlineData("CALL enable_logging('QueryLog')")]
    [InlineData("SELECT * FROM enable_logging('QueryLog', storage = 'file', storage_path = '{lake}/log')")]
    [InlineData("SELECT (SELECT count(*) FROM system.main.\"Enable_Logging\"(storage = 'stdout'))")]
    [InlineData("SUMMARIZE SELECT * FROM enable_logging()")]
    [InlineData("WITH a AS (FROM disable_logging()) SELECT 1")]
    [InlineData("SELECT * FROM enable_profiling(save_location = '{lake}/p.txt')")]
    [InlineData("SELECT * FROM query('FROM enable_' || 'logging()')")]
    [InlineData("SELECT * FROM query_table('{lake}/old.parquet')")]
    [InlineData("SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM enable_logging()'))")]
    [InlineData("SELECT * FROM checkpoint()")]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')")]
    [InlineData("SELECT * FROM read_csv('{lake}/secret.csv')")]
    [InlineData("SELECT * FROM read_text('{lake}/t/../secret.csv')")]
    [InlineData("SELECT * FROM read_blob('{lake}/*')")]
    [InlineData("SELECT * FROM glob('{lake}/*')")]
    [InlineData("SELECT * FROM sniff_csv('{lake}/secret.csv')")]
    [InlineData("SELECT * FROM read_parquet('{lake}/old.parquet')")]
    [InlineData("SELECT * FROM read_parquet('{lake}/t/**/*.parquet')")]
    [InlineData("SELECT * FROM parquet_metadata('{lake}/old.parquet')")]
    [InlineData("SELECT * FROM '{lake}/old.parquet'")]
    [InlineData("SELECT * FROM 'https://example.com/x.parquet'")]
    [InlineData("SELECT * FROM duckdb_secrets()")]
    public void What_does_more_than_read_the_tables_is_refused_and_changes_nothing(string text)
    {
        var sql = text.Replace("{lake}", _folder.Path, StringComparison.Ordinal)
            .Replace("{file}", _events.Files[0], StringComparison.Ordinal);
        var error = Assert.Throws<QueryException>(() =>
        {
            using var result = _sql.Run(sql, CancellationToken.None);
            while (result.Read()) { }
        });
        Assert.Contains(error.Failure, new[] { QueryFailure.NotAllowed, QueryFailure.WrongSql });
        if (
            !text.StartsWith("SELECT 1)", StringComparison.Ordinal)
            && !text.Contains("FROM '", StringComparison.Ordinal)
            && !text.StartsWith("IMPORT", StringComparison.Ordinal)
        )
            Assert.Equal(QueryFailure.NotAllowed, error.Failure);
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
        Assert.Throws<QueryException>(() => _sql.WriteParquet(sql, CancellationToken.None));
        Assert.Equal(_before, Files());
        using var after = _sql.Run("SELECT count(*) FROM events", CancellationToken.None);
        Assert.True(after.Read());
        Assert.Equal(1_000, after.GetInt64(0));
    }

    [Theory]
    [InlineData("SELEC 1")]
    [InlineData("SELECT nothing FROM events")]
    [InlineData("SELECT * FROM evnts")]
    [InlineData("")]
    [InlineData(" -- nothing")]
    [InlineData("EXPLAIN")]
    [InlineData("SELECT 1\0")]
    [InlineData("SELECT ?")]
    public void Wrong_sql_is_one_clear_line(string sql)
    {
        var error = Assert.Throws<QueryException>(() => _sql.Run(sql, CancellationToken.None).Dispose());
        Assert.Equal(QueryFailure.WrongSql, error.Failure);
        Assert.NotEmpty(error.Message);
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sql_of_great_length_or_depth_is_an_error_not_a_crash()
    {
        foreach (
            var sql in new[]
            {
                "SELECT " + new string('(', 100_000) + "1" + new string(')', 100_000),
                "SELECT " + string.Concat(Enumerable.Repeat("1+", 100_000)) + "1",
                "SELECT " + new string(' ', 2_000_000),
                string.Concat(Enumerable.Repeat("SELECT * FROM (", 5_000)) + "SELECT 1" + new string(')', 5_000),
            }
        )
            Assert.Throws<QueryException>(() => _sql.Run(sql, CancellationToken.None).Dispose());
    }

    [Fact]
    public void A_time_limit_ends_a_query()
    {
        using var sql = new UserSql([], new UserSqlOptions { TimeLimit = TimeSpan.FromMilliseconds(200) });
        var error = Assert.Throws<QueryException>(() =>
        {
            using var result = sql.Run(
                "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE hash(a.range, b.range) = 1",
                CancellationToken.None
            );
            result.Read();
        });
        Assert.Equal(QueryFailure.TimedOut, error.Failure);
        Assert.Contains("0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_memory_limit_ends_a_query_that_cannot_spill()
    {
        using var sql = new UserSql(
            [],
            new UserSqlOptions
            {
                Limits = new DuckDbEngineOptions
                {
                    MemoryLimitMebibytes = 64,
                    Threads = 1,
                    SpillLimitMebibytes = 1,
                },
            }
        );
        var error = Assert.Throws<QueryException>(() =>
        {
            using var result = sql.Run(
                "SELECT list(repeat('x', 1000) || range) FROM range(1000000)",
                CancellationToken.None
            );
            result.Read();
        });
        Assert.Equal(QueryFailure.OutOfMemory, error.Failure);
    }

    [Fact]
    public void Spilling_works_though_locked_down()
    {
        using var result = _sql.Run(
            "SELECT count(*) FROM (SELECT DISTINCT hash(i) || repeat('x', 90) FROM range(1200000) t(i))",
            CancellationToken.None
        );
        Assert.True(result.Read());
        Assert.Equal(1_200_000, result.GetInt64(0));
    }

    [Theory]
    [InlineData("SELECT * FROM events ORDER BY id DESC;", 1000)]
    [InlineData("SUMMARIZE events", 4)]
    [InlineData("VALUES (1, [1, 2])", 1)]
    [InlineData("SELECT 1 WHERE false", 0)]
    public void The_engine_writes_a_result_as_parquet(string sql, long rows)
    {
        Assert.Equal(rows, _sql.WriteParquet(sql, CancellationToken.None));
        Assert.Equal(rows, _folder.Scalar($"SELECT count(*) FROM '{_output}'"));
        Assert.Throws<QueryException>(() => _sql.WriteParquet("EXPLAIN SELECT 1", CancellationToken.None));
    }

    [Fact]
    public void A_lake_in_a_folder_with_pattern_letters_is_read()
    {
        using var odd = new ParquetFolder("adx [1]*?-");
        var set = odd.Write(ParquetFolder.Events(10));
        using var sql = new UserSql([set]);
        using var result = sql.Run("SELECT count(*) FROM events", CancellationToken.None);
        Assert.True(result.Read());
        Assert.Equal(10, result.GetInt64(0));
    }

    [Fact]
    public void A_file_that_is_gone_is_told_from_one_that_may_not_be_read()
    {
        using var folder = new ParquetFolder();
        var set = folder.Write(ParquetFolder.Events(10));
        using var sql = new UserSql([set]);
        File.Delete(set.Files[0]);
        var gone = Assert.Throws<QueryException>(() =>
        {
            using var result = sql.Run("SELECT * FROM events", CancellationToken.None);
            result.Read();
        });
        Assert.Equal(QueryFailure.FileGone, gone.Failure);
    }

    private string[] Files() =>
        Directory
            .GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Select(file => $"{file} {new FileInfo(file).Length}")
            .Order(StringComparer.Ordinal)
            .ToArray();

    /// <summary>A table and an instance that may read it. No statement of the tests changes either, which they
    /// assert.</summary>
    public sealed class Events : IDisposable
    {
        public Events()
        {
            Set = Folder.Write(ParquetFolder.Events(1_000));
            File.WriteAllText(Path.Combine(Folder.Path, "secret.csv"), "a,b\n1,2\n");
            File.Copy(Set.Files[0], Path.Combine(Folder.Path, "old.parquet"));
            Output = Path.Combine(Folder.Path, "out.parquet");
            Sql = new UserSql(
                [Set],
                new UserSqlOptions
                {
                    Limits = new DuckDbEngineOptions { MemoryLimitMebibytes = 100, Threads = 2 },
                    OutputFile = Output,
                }
            );
        }

        internal ParquetFolder Folder { get; } = new();

        internal ParquetSet Set { get; }

        internal UserSql Sql { get; }

        internal string Output { get; }

        public void Dispose()
        {
            Sql.Dispose();
            Folder.Dispose();
        }
    }
}
