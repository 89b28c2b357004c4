using System.Diagnostics;
using AdvertiseX.DuckDb;
using AdvertiseX.DuckDb.Native;

namespace AdvertiseX.Tests.DuckDb;

public sealed class DuckDbBindingTests : IDisposable
{
    private readonly DuckDbDatabase _database = DuckDbDatabase.Open();
    private readonly DuckDbConnection _connection;

    public DuckDbBindingTests() => _connection = _database.Connect();

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    [Fact]
    public void The_library_is_the_pinned_version() => Assert.Equal("v1.5.6", DuckDbDatabase.LibraryVersion);

    [Fact]
    public void Settings_are_applied_and_wrong_ones_refused_by_name()
    {
        using var database = DuckDbDatabase.Open(settings: new Dictionary<string, string> { ["threads"] = "1" });
        using var connection = database.Connect();
        Assert.Equal(1, Scalar(connection, "SELECT current_setting('threads')"));
        var error = Assert.Throws<DuckDbException>(() =>
            DuckDbDatabase.Open(settings: new Dictionary<string, string> { ["no_such_setting"] = "1" })
        );
        Assert.Contains("no_such_setting", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_database_keeps_its_rows()
    {
        var folder = Directory.CreateTempSubdirectory("adx");
        var path = Path.Combine(folder.FullName, "a.duckdb");
        using (var database = DuckDbDatabase.Open(path))
        using (var connection = database.Connect())
            connection.Execute("CREATE TABLE t AS SELECT 7 AS x");
        using (var database = DuckDbDatabase.Open(path))
        using (var connection = database.Connect())
            Assert.Equal(7, Scalar(connection, "SELECT x FROM t"));
        folder.Delete(true);
    }

    [Fact]
    public void A_database_that_cannot_be_opened_says_why() =>
        Assert.Contains(
            "nowhere",
            Assert.Throws<DuckDbException>(() => DuckDbDatabase.Open("/nowhere/at/all.db")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Execute_runs_every_statement_and_counts_the_last()
    {
        Assert.Equal(
            3,
            _connection.Execute("CREATE TABLE t(x INT); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2), (3), (4)")
        );
        Assert.Equal(4, Scalar(_connection, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void Integers_keep_their_exact_value_at_both_ends()
    {
        using var result = _connection.Query(
            """
            SELECT '-128'::TINYINT, 255::UTINYINT, '-32768'::SMALLINT, 65535::USMALLINT, '-2147483648'::INT, 4294967295::UINTEGER,
                   '-9223372036854775808'::BIGINT, 18446744073709551615::UBIGINT,
                   '-170141183460469231731687303715884105728'::HUGEINT, 340282366920938463463374607431768211455::UHUGEINT
            """
        );
        var chunk = result.NextChunk()!;
        Assert.Equal(
            [-128, 255, -32768, 65535, int.MinValue, uint.MaxValue, long.MinValue, ulong.MaxValue, Int128.MinValue],
            Enumerable.Range(0, 9).Select(i => chunk[i].GetInt128(0))
        );
        Assert.Equal(UInt128.MaxValue, chunk[9].GetUInt128(0));
        Assert.Throws<OverflowException>(() => chunk[7].GetInt64(0));
        Assert.Null(result.NextChunk());
    }

    [Fact]
    public void Decimals_of_every_width_give_their_unscaled_number()
    {
        using var result = _connection.Query(
            "SELECT -1.25::DECIMAL(4,2), 12345.678::DECIMAL(9,3), -123456789012.5::DECIMAL(18,1), "
                + "'12345678901234567890123456789.012345679'::DECIMAL(38,9)"
        );
        var chunk = result.NextChunk()!;
        Assert.Equal(-125, chunk[0].GetInt128(0));
        Assert.Equal(12345678, chunk[1].GetInt128(0));
        Assert.Equal(-1234567890125, chunk[2].GetInt128(0));
        Assert.Equal(Int128.Parse("12345678901234567890123456789012345679"), chunk[3].GetInt128(0));
        Assert.Equal((38, 9), (result.Columns[3].Width, result.Columns[3].Scale));
        Assert.Equal(-1.25, chunk[0].GetDouble(0));
    }

    [Fact]
    public void Dates_and_times_are_counted_from_1970()
    {
        using var result = _connection.Query(
            """
            SELECT DATE '1969-12-31', TIMESTAMP '2024-03-01 00:00:00.000001', TIMESTAMPTZ '2024-03-01 01:00:00+01',
                   TIMESTAMP_S '2024-03-01 00:00:00', TIMESTAMP_MS '2024-03-01 00:00:00.002',
                   TIMESTAMP_NS '1969-12-31 23:59:59.999999999', true, 1.5::FLOAT, 'infinity'::TIMESTAMP
            """
        );
        var chunk = result.NextChunk()!;
        const long March = 1_709_251_200_000_000;
        Assert.Equal(-1, chunk[0].GetDateDays(0));
        Assert.Equal(March + 1, chunk[1].GetTimestampMicros(0));
        Assert.Equal(March, chunk[2].GetTimestampMicros(0));
        Assert.Equal(DuckDbType.TimestampTz, result.Columns[2].Type);
        Assert.Equal(March, chunk[3].GetTimestampMicros(0));
        Assert.Equal(March + 2000, chunk[4].GetTimestampMicros(0));
        Assert.Equal(-1, chunk[5].GetTimestampMicros(0));
        Assert.True(chunk[6].GetBoolean(0));
        Assert.Equal(1.5, chunk[7].GetDouble(0));
        Assert.Equal(long.MaxValue, chunk[8].GetTimestampMicros(0));
    }

    [Fact]
    public void Text_of_every_length_comes_back_inlined_or_not()
    {
        using var result = _connection.Query("SELECT repeat('é', i) AS s, i FROM range(40) t(i) ORDER BY i");
        var chunk = result.NextChunk()!;
        for (var row = 0; row < 40; row++)
        {
            Assert.Equal(new string('é', row), chunk[0].GetString(row));
            Assert.Equal(row * 2, chunk[0].GetBytes(row).Length);
        }
    }

    [Fact]
    public void Nulls_are_seen_in_every_place()
    {
        using var result = _connection.Query(
            "SELECT CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS x, NULL AS n FROM range(10000) t(i) ORDER BY i"
        );
        var row = 0;
        while (result.NextChunk() is { } chunk)
        {
            for (var i = 0; i < chunk.RowCount; i++, row++)
            {
                Assert.Equal(row % 3 == 0, chunk[0].IsNull(i));
                Assert.True(chunk[1].IsNull(i));
                if (row % 3 != 0)
                    Assert.Equal(row, chunk[0].Values<long>()[i]);
            }
        }

        Assert.Equal(10_000, row);
    }

    [Fact]
    public void A_span_of_another_size_and_a_type_that_is_not_read_are_refused()
    {
        using var result = _connection.Query("SELECT 1::INT, [1, 2]");
        Assert.False(result.Columns[1].IsReadable);
        var chunk = result.NextChunk()!;
        Assert.Throws<InvalidOperationException>(() => chunk[0].Values<long>().Length);
        Assert.Throws<InvalidOperationException>(() => chunk[1].GetString(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => chunk[0].GetInt64(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => chunk[2].RowCount);
    }

    [Fact]
    public void Parameters_of_every_kind_arrive_as_they_were()
    {
        using var statement = _connection.Prepare("SELECT $1, $2, $3, $4, $5, $6, $7, $8");
        Assert.Equal(8, statement.ParameterCount);
        statement
            .Bind(1, "it's; -- \0 é")
            .Bind(2, long.MinValue)
            .Bind(3, 0.1)
            .Bind(4, true)
            .BindNull(5)
            .Bind(6, new DateOnly(2024, 2, 29))
            .Bind(7, new DateTimeOffset(2024, 2, 29, 1, 0, 0, TimeSpan.FromHours(1)))
            .Bind(8, [0, 255]);
        using var result = statement.Query();
        var rows = result.Rows();
        Assert.True(rows.Read());
        Assert.Equal("it's; -- \0 é", rows.GetString(0));
        Assert.Equal(long.MinValue, rows.GetInt64(1));
        Assert.Equal(0.1, rows.GetDouble(2));
        Assert.True(rows.GetBoolean(3));
        Assert.True(rows.IsNull(4));
        Assert.Equal(new DateOnly(2024, 2, 29), rows.GetDate(5));
        Assert.Equal(new DateTimeOffset(2024, 2, 29, 0, 0, 0, TimeSpan.Zero), rows.GetTimestamp(6));
        Assert.Equal([0, 255], rows.GetBytes(7).ToArray());
        Assert.False(rows.Read());
    }

    [Fact]
    public void A_statement_runs_again_with_other_parameters()
    {
        _connection.Execute("CREATE TABLE t(x BIGINT, s VARCHAR)");
        using (var insert = _connection.Prepare("INSERT INTO t VALUES (?, ?)"))
        {
            for (var i = 0; i < 5; i++)
                Assert.Equal(1, insert.Bind(1, i).Bind(2, i == 3 ? null : "").Execute());
            Assert.Throws<DuckDbException>(() => insert.Bind(3, 1L));
        }

        Assert.Equal(10, Scalar(_connection, "SELECT sum(x) FROM t"));
        Assert.Equal(4, Scalar(_connection, "SELECT count(s) FROM t"));
    }

    [Fact]
    public void Statements_of_a_script_are_told_apart_by_type()
    {
        var types = new List<DuckDbStatementType>();
        var count = _connection.ForEachStatement(
            "FROM range(1); VALUES (1); EXPLAIN SELECT 1; COPY (SELECT 1) TO 'x.csv'; SET threads = 1; CREATE TABLE t(x INT)",
            (statement, _, _) => types.Add(statement.Type)
        );
        Assert.Equal(6, count);
        Assert.Equal(
            [
                DuckDbStatementType.Select,
                DuckDbStatementType.Select,
                DuckDbStatementType.Explain,
                DuckDbStatementType.Copy,
                DuckDbStatementType.Set,
                DuckDbStatementType.Create,
            ],
            types
        );
        Assert.Equal(
            0,
            _connection.ForEachStatement(" -- nothing\n", (_, _, _) => Assert.Fail("no statement is there"))
        );
    }

    [Theory]
    [InlineData("SELEC 1", "Parser")]
    [InlineData("SELECT * FROM no_such_table", "Catalog")]
    [InlineData("SELECT no_such_column", "Binder")]
    [InlineData("SELECT 'a'::INT", "Conversion")]
    [InlineData("SELECT 1\0; SELECT 2", "Parser")]
    [InlineData("SELECT 1; SELECT 2", "Invalid Input")]
    public void Wrong_sql_carries_DuckDBs_text_and_kind(string sql, string kind)
    {
        var error = Assert.Throws<DuckDbException>(() =>
        {
            using var result = _connection.Query(sql);
            while (result.NextChunk() is not null) { }
        });
        Assert.Equal(kind, error.Kind);
        Assert.Equal(1, Scalar(_connection, "SELECT 1"));
    }

    [Fact]
    public void An_error_behind_many_rows_is_not_an_end()
    {
        using var result = _connection.Query(
            "SELECT (CASE WHEN i = 2999999 THEN 'x' ELSE i::VARCHAR END)::INT FROM range(3000000) t(i)"
        );
        var error = Assert.Throws<DuckDbException>(() =>
        {
            while (result.NextChunk() is not null) { }
        });
        Assert.Equal("Conversion", error.Kind);
    }

    [Fact]
    public void Rows_stream_without_being_held_whole()
    {
        _connection.Execute("SET memory_limit = '64MB'; SET threads = 1");
        // 4 GB of rows, were they kept; the first come at once.
        using var result = _connection.Query("SELECT i, repeat('x', 40) AS s FROM range(80000000) t(i)");
        long rows = 0;
        while (rows < 4_000_000 && result.NextChunk() is { } chunk)
            rows += chunk.RowCount;
        Assert.InRange(rows, 4_000_000, 4_010_000);
    }

    [Fact]
    public async Task Interrupt_stops_a_long_statement()
    {
        var token = TestContext.Current.CancellationToken;
        var clock = Stopwatch.StartNew();
        var run = Task.Run(
            () =>
                Assert.Throws<DuckDbException>(() =>
                    _connection.Execute(
                        "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE hash(a.range, b.range) = 1"
                    )
                ),
            token
        );
        while (!run.IsCompleted)
        {
            await Task.Delay(20, token);
            _connection.Interrupt();
        }

        Assert.True((await run).IsInterrupted);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(1, Scalar(_connection, "SELECT 1"));
    }

    [Fact]
    public void A_library_that_is_missing_says_where_it_belongs()
    {
        Assert.Contains(
            Path.Combine("/nowhere", "runtimes"),
            Assert.Throws<DllNotFoundException>(() => NativeLibraryLocator.Locate(null, "/nowhere")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "/nowhere/lib.so",
            Assert.Throws<DllNotFoundException>(() => NativeLibraryLocator.Locate("/nowhere/lib.so", "/")).Message,
            StringComparison.Ordinal
        );
    }

    private static long Scalar(DuckDbConnection connection, string sql)
    {
        using var result = connection.Query(sql);
        var rows = result.Rows();
        Assert.True(rows.Read());
        return rows.GetInt64(0);
    }
}
