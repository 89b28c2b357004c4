using System.Text;
using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Engines;

public sealed class SqlDialectTests
{
    private static readonly SqlDialect DuckDb = SqlDialect.DuckDb;
    private static readonly SqlDialect Spark = SqlDialect.Spark;

    private static readonly string[] Hostile =
    [
        "",
        "plain",
        "it's",
        "''",
        "'; drop table x; --",
        "' or '1' = '1",
        @"a\tb",
        @"\",
        @"\'",
        @"\\",
        @"\' or 1 = 1 --",
        "\"quoted\"",
        "`ticks`",
        "two\nlines\r\n\ttab",
        "größe 東京 🦊 e\u0301 \u202e",
        "-- no comment",
        "/* none */",
        "$$",
        "${spark.app.name}",
        "$${x}",
        "{x}",
        "%_",
        "a div b",
        "unix_micros(",
        "key_hash(a)",
        "decimal(38, 0)",
        "u0041",
        @"\u0041",
        @"\x41",
        "\u0001\u007f",
    ];

    public static TheoryData<string> Texts => [.. Hostile];

    [Theory]
    [MemberData(nameof(Texts))]
    public void DuckDb_reads_a_text_as_it_is(string text)
    {
        Assert.Equal(text, InDuckDb($"select {DuckDb.Text(text)}"));
        Assert.Equal(text, InDuckDb($"select {DuckDb.List(["other", text])}[2]"));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void DuckDb_reads_a_name_as_it_is(string name)
    {
        // SQL has no empty name.
        if (name.Length == 0)
            return;
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var statement = connection.Prepare(
            $"select r.{DuckDb.Name(name)} as {DuckDb.Name(name)} from (select 1 as {DuckDb.Name(name)}) as r"
        );
        Assert.Equal([name], statement.Columns.Select(column => column.Name));
    }

    /// <summary>A campaign named "a div b" was looked for as "a // b".</summary>
    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_is_not_translated(string text)
    {
        Assert.Equal(
            text,
            InDuckDb(DuckDb.Translate($"select {DuckDb.Text(text)} where unix_micros(timestamp_micros(7)) div 7 = 1"))
        );
        Assert.StartsWith(
            $"select {Spark.Text(text)} where",
            Spark.Translate($"select {Spark.Text(text)} where key_hash(a) = 1"),
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "where shiftrightunsigned(xxhash64(a), 1) = 1",
            Spark.Translate($"select {Spark.Text(text)} where key_hash(a) = 1"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("it's", @"'it\'s'")]
    [InlineData(@"a\tb", @"'a\\tb'")]
    [InlineData(@"\", @"'\\'")]
    [InlineData(@"\' or 1 = 1 --", @"'\\\' or 1 = 1 --'")]
    [InlineData("東京 🦊", "'東京 🦊'")]
    [InlineData("${spark.app.name}", @"'$\{spark.app.name}'")]
    [InlineData("\"`\n", "'\"`\n'")]
    public void Spark_takes_a_text_with_its_escapes(string text, string literal) =>
        Assert.Equal(literal, Spark.Text(text));

    [Fact]
    public void Spark_reads_any_text_as_it_is()
    {
        var random = new Random(20261130);
        const string letters = "ab'\\\"`${}nt0u%_ -/*\n🦊";
        var texts = Enumerable
            .Range(0, 5_000)
            .Select(_ =>
                string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)]))
            );
        foreach (var text in texts.Concat(Hostile))
        {
            var literal = Spark.Text(text);
            Assert.Equal(text, AsSparkReads(literal));
            Assert.DoesNotContain("${", literal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Spark_takes_names_in_backticks()
    {
        Assert.Equal("`a b`", Spark.Name("a b"));
        Assert.Equal("`a``b`", Spark.Name("a`b"));
        Assert.Equal("`a\\b'\"`", Spark.Name("a\\b'\""));
        Assert.StartsWith(
            "the name a${b} cannot",
            Assert.Throws<ArgumentException>(() => Spark.Name("a${b}")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Lists_and_nulls_are_written()
    {
        Assert.Equal("'a', 'b''c'", DuckDb.Texts(["a", "b'c"]));
        Assert.Equal(@"'a', 'b\'c'", Spark.Texts(["a", "b'c"]));
        Assert.Equal("['a', 'b']", DuckDb.List(["a", "b"]));
        Assert.Equal("array('a', 'b')", Spark.List(["a", "b"]));
        Assert.Equal("null", DuckDb.TextOrNull(null));
        Assert.Equal("'x'", Spark.TextOrNull("x"));
    }

    [Theory]
    [InlineData(nameof(DeltaType.String), "VARCHAR", "STRING")]
    [InlineData(nameof(DeltaType.Long), "BIGINT", "BIGINT")]
    [InlineData(nameof(DeltaType.Integer), "INTEGER", "INT")]
    [InlineData(nameof(DeltaType.Boolean), "BOOLEAN", "BOOLEAN")]
    [InlineData(nameof(DeltaType.Double), "DOUBLE", "DOUBLE")]
    [InlineData(nameof(DeltaType.Date), "DATE", "DATE")]
    [InlineData(nameof(DeltaType.Timestamp), "TIMESTAMPTZ", "TIMESTAMP")]
    [InlineData(nameof(DeltaType.Binary), "BLOB", "BINARY")]
    public void Each_engine_names_the_types_of_Delta(string type, string duckDb, string spark)
    {
        var column = new DeltaColumn("a", Enum.Parse<DeltaType>(type));
        Assert.Equal(duckDb, DuckDb.NameOf(column.SqlType));
        Assert.Equal(spark, Spark.NameOf(column.SqlType));
    }

    [Fact]
    public void Every_type_has_a_name_and_others_are_refused()
    {
        var types = Enum.GetValues<SqlType>();
        Assert.Equal(types, Enum.GetValues<DeltaType>().Select(type => new DeltaColumn("a", type).SqlType).Order());
        foreach (var dialect in (SqlDialect[])[DuckDb, Spark])
        {
            Assert.Equal(types.Length, types.Select(dialect.NameOf).Distinct().Count());
            Assert.Throws<ArgumentOutOfRangeException>(() => dialect.NameOf((SqlType)99));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new DeltaColumn("a", (DeltaType)99).SqlType);
    }

    [Theory]
    [InlineData(
        "select unix_micros(t), timestamp_micros(m), my_unix_micros(t)",
        "select epoch_us(t), make_timestamptz(m), my_unix_micros(t)",
        null
    )]
    [InlineData("cast(a as decimal(38, 0)) div b", "cast(a as hugeint) // b", null)]
    [InlineData("unix_date(d) - 1", "datediff('day', date '1970-01-01', d) - 1", null)]
    [InlineData(
        "key_hash(a, unix_micros(t) div 60) | 1",
        "cast(hash(a, epoch_us(t) // 60) >> 1 as bigint) | 1",
        "shiftrightunsigned(xxhash64(a, unix_micros(t) div 60), 1) | 1"
    )]
    [InlineData("a -- user's key_hash(b) div c\n div d", "a -- user's key_hash(b) div c\n // d", null)]
    [InlineData(
        "/* key_hash(b)\n div ' */ key_hash(a)",
        "/* key_hash(b)\n div ' */ cast(hash(a) >> 1 as bigint)",
        "/* key_hash(b)\n div ' */ shiftrightunsigned(xxhash64(a), 1)"
    )]
    [InlineData("'it''s a div b' || 'c div d'", "'it''s a div b' || 'c div d'", null)]
    public void Words_are_translated_outside_of_texts_and_comments(string shared, string duckDb, string? spark)
    {
        Assert.Equal(duckDb, DuckDb.Translate(shared));
        Assert.Equal(spark ?? shared, Spark.Translate(shared));
        // What was translated already is left.
        Assert.Equal(duckDb, DuckDb.Translate(duckDb));
        Assert.Equal(spark ?? shared, Spark.Translate(spark ?? shared));
    }

    [Theory]
    [InlineData("\"a div b\"")]
    [InlineData("E'it\\'s a div b'")]
    [InlineData("$$it's a div b$$")]
    [InlineData("$x$a $$ div b$x$")]
    public void DuckDbs_other_quotes_are_left(string quoted) =>
        Assert.Equal(quoted + " // 2", DuckDb.Translate(quoted + " div 2"));

    [Theory]
    [InlineData("`key_hash(a)`")]
    [InlineData("\"it's key_hash(a)\"")]
    [InlineData(@"'\' key_hash(a)'")]
    [InlineData(@"""\"" key_hash(a)""")]
    public void Sparks_other_quotes_are_left(string quoted) =>
        Assert.Equal(quoted + ", shiftrightunsigned(xxhash64(b), 1)", Spark.Translate(quoted + ", key_hash(b)"));

    [Fact]
    public void Days_are_counted_from_1970()
    {
        Assert.Equal("19783", InDuckDb(DuckDb.Translate("select cast(unix_date(date '2024-03-01') as string)")));
        Assert.Equal(
            "-1",
            InDuckDb(
                DuckDb.Translate(
                    "select cast(unix_date((select max(d) from (select date '1969-12-31' as d) as t)) as string)"
                )
            )
        );
    }

    [Fact]
    public void Columns_become_one_object()
    {
        Assert.Equal(
            """{"campaign_id":"c","local_date":"2024-03-01","hour":null}""",
            InDuckDb(
                $"select cast({DuckDb.JsonObject(["campaign_id", "local_date", "hour"])} as string) from (select 'c' as campaign_id, date '2024-03-01' as local_date, cast(null as bigint) as hour) as t"
            )
        );
        Assert.Equal(
            "to_json(named_struct('a', a, 'b', b), map('ignoreNullFields', 'false'))",
            Spark.JsonObject(["a", "b"])
        );
    }

    /// <summary>In literals of models engines agree on everything but the backslash.</summary>
    [Fact]
    public void Models_have_no_backslash() =>
        Assert.Empty(
            ModelCatalog
                .Shipped.All.Where(model => model.Sql.Contains('\\', StringComparison.Ordinal))
                .Select(model => model.Name)
        );

    /// <summary>Models in the words of each engine; those that hold a word of each kind.</summary>
    [Theory]
    [InlineData("auction_screen")]
    [InlineData("touch_shares")]
    [InlineData("bid_rollup")]
    public async Task Models_read_as_each_engine_has_it(string name)
    {
        var model = ModelCatalog.Shipped.All.Single(each => each.Name == name);
        var folder = Path.Combine(Repository.Root, "tests", "AdvertiseX.Tests", "golden", "sql");
        foreach (var (engine, dialect) in ((string, SqlDialect)[])[("duckdb", DuckDb), ("spark", Spark)])
            Assert.Equal(
                await File.ReadAllTextAsync(Path.Combine(folder, $"{name}.{engine}.sql")),
                dialect.Translate(model.Sql) + "\n"
            );
    }

    private static string? InDuckDb(string sql)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var result = connection.Query(sql);
        var rows = result.Rows();
        Assert.True(rows.Read());
        return rows.GetNullableString(0);
    }

    // Escapes of Spark's literals (SQL reference, "Literals"): \n and the like, \uXXXX, three octal digits; before
    // other letters the backslash goes, except before % and _.
    private static string AsSparkReads(string literal)
    {
        Assert.True(literal is ['\'', .., '\'']);
        var text = new StringBuilder();
        for (var i = 1; i < literal.Length - 1; i++)
        {
            Assert.NotEqual('\'', literal[i]);
            if (literal[i] != '\\')
            {
                text.Append(literal[i]);
                continue;
            }

            var escaped = literal[++i];
            Assert.True(i < literal.Length - 1, $"{literal} ends in an escape");
            Assert.False(
                char.IsAsciiLetterOrDigit(escaped) || escaped is '%' or '_',
                $"{literal} has an escape of another meaning"
            );
            text.Append(escaped);
        }

        return text.ToString();
    }
}
