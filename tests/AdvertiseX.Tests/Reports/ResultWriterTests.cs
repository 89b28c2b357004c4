using System.Text;
using System.Text.Json;
using AdvertiseX.Engines;
using AdvertiseX.Reports;

namespace AdvertiseX.Tests.Reports;

public sealed class ResultWriterTests : IDisposable
{
    private const string Everything = """
        SELECT 9007199254740993 AS big, 170141183460469231731687303715884105727::HUGEINT AS huge,
               '-0.05'::DECIMAL(18,2) AS money, 0.1::DOUBLE AS ratio, 0.1::FLOAT AS small, true AS yes,
               DATE '2024-02-29' AS day, TIMESTAMPTZ '2024-03-01 01:02:03.000004+01' AS at,
               TIMESTAMP '1969-12-31 23:59:59' AS naive, TIME '01:02:03.5' AS time_of_day, '\xAB\x00'::BLOB AS raw,
               NULL::BIGINT AS nothing, '' AS empty, [1, 2] AS list, {'a': 'x"y'} AS struct, NULL::INT[] AS no_list,
               '{"k":[1]}'::JSON AS json, 'NaN'::DOUBLE AS nan, '550e8400-e29b-41d4-a716-446655440000'::UUID AS uuid,
               INTERVAL 2 DAYS AS span, 340282366920938463463374607431768211455::UHUGEINT AS uhuge
        """;

    private readonly DuckDbEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Json_keeps_every_value_exact() =>
        Assert.Equal(
            """
            [
            {"big":9007199254740993,"huge":170141183460469231731687303715884105727,"money":-0.05,"ratio":0.1,"small":0.1,"yes":true,"day":"2024-02-29","at":"2024-03-01T00:02:03.000004Z","naive":"1969-12-31T23:59:59","time_of_day":"01:02:03.500000","raw":"ab00","nothing":null,"empty":"","list":[1,2],"struct":{"a":"x\"y"},"no_list":null,"json":{"k":[1]},"nan":null,"uuid":"550e8400-e29b-41d4-a716-446655440000","span":"2 days","uhuge":340282366920938463463374607431768211455}
            ]

            """,
            Json(Everything)
        );

    [Fact]
    public void Csv_keeps_every_value_and_tells_null_from_empty() =>
        Assert.Equal(
            "big,huge,money,ratio,small,yes,day,at,naive,time_of_day,raw,nothing,empty,list,struct,no_list,json,nan,uuid,span,uhuge\r\n"
                + "9007199254740993,170141183460469231731687303715884105727,-0.05,0.1,0.1,true,2024-02-29,2024-03-01T00:02:03.000004Z,"
                + "1969-12-31T23:59:59,01:02:03.500000,ab00,,\"\",\"[1,2]\",\"{\"\"a\"\":\"\"x\\\"\"y\"\"}\",,\"{\"\"k\"\":[1]}\",NaN,"
                + "550e8400-e29b-41d4-a716-446655440000,2 days,340282366920938463463374607431768211455\r\n",
            Csv(Everything)
        );

    [Fact]
    public void Csv_quotes_what_needs_it() =>
        Assert.Equal("\"a,b\",c\r\n\"x\"\"y\",\"1\r\n2\"\r\n", Csv("SELECT 'x\"y' AS \"a,b\", E'1\\r\\n2' AS c"));

    [Fact]
    public void Json_of_no_rows_is_an_empty_array_and_keys_do_not_repeat()
    {
        Assert.Equal("[]\n", Json("SELECT 1 WHERE false"));
        Assert.Equal("[\n{\"a\":1,\"a_1\":2,\"a_2\":3}\n]\n", Json("SELECT 1 AS a, 2 AS a, 3 AS a"));
    }

    [Fact]
    public void Json_of_many_rows_and_hostile_text_parses()
    {
        var json = Json("SELECT i, chr((i % 55295 + 1)::INT) || '\"\\' AS s FROM range(70000) t(i)");
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal(70_000, parsed.RootElement.GetArrayLength());
        var i = 0;
        foreach (var row in parsed.RootElement.EnumerateArray())
            Assert.Equal(char.ConvertFromUtf32((i++ % 0xD7FF) + 1) + "\"\\", row.GetProperty("s").GetString());
    }

    [Fact]
    public void Dates_agree_with_DuckDBs_own_text_over_its_whole_range()
    {
        using var result = _engine.Read(
            """
            SELECT d, CAST(d AS VARCHAR) FROM (
              SELECT DATE '1970-01-01' + CAST(i AS INTEGER) AS d FROM range(-719000, 2932000, 997) t(i))
            """,
            [],
            CancellationToken.None
        );
        var rows = 0;
        while (result.NextChunk() is { } chunk)
        {
            for (var row = 0; row < chunk.RowCount; row++, rows++)
            {
                var buffer = new System.Buffers.ArrayBufferWriter<byte>();
                CellText.Append(buffer, chunk[0], row);
                Assert.Equal(chunk[1].GetString(row), Encoding.UTF8.GetString(buffer.WrittenSpan));
            }
        }

        Assert.True(rows > 3_000);
        Assert.Equal(
            "a,b,c,d,e\r\n-0043-03-15,+12345-01-02,infinity,-infinity,2024-03-01T00:00:00.000000001\r\n",
            Csv(
                "SELECT DATE '0044-03-15 (BC)' AS a, DATE '12345-01-02' AS b, 'infinity'::DATE AS c, '-infinity'::TIMESTAMP AS d, "
                    + "TIMESTAMP_NS '2024-03-01 00:00:00.000000001' AS e"
            )
        );
    }

    [Fact]
    public void A_table_aligns_words_left_and_numbers_right() =>
        Assert.Equal(
            """
            campaign  clicks    ctr  note
            --------  ------  -----  ----
            c1            12  0.125
            日本           7
            c3                    1  é

            """,
            Table(
                    "SELECT * FROM (VALUES ('c1', 12, 0.125::DOUBLE, NULL), ('日本', 7, NULL, ''), ('c3', NULL, 1, 'e' || chr(769))) "
                        + "t(campaign, clicks, ctr, note)"
                )
                .Replace("e\u0301", "é", StringComparison.Ordinal)
        );

    [Fact]
    public void A_table_shows_what_could_steer_a_terminal_as_escapes() =>
        Assert.Equal(
            """
            s
            ------------------------
            a\u001b[31m\nb\u202ec\td

            """,
            Table("SELECT 'a' || chr(27) || '[31m' || chr(10) || 'b' || chr(8238) || 'c' || chr(9) || 'd' AS s")
        );

    [Fact]
    public void A_table_cuts_wide_values_and_stops_at_the_rows_wanted()
    {
        Assert.Equal(
            "s\n----------\nxxxxxxxxx…\n",
            Table("SELECT repeat('x', 100) AS s", new TableOptions { MaxColumnWidth = 10 })
        );
        using var result = _engine.Read("SELECT 1 AS x FROM range(100000000000)", [], CancellationToken.None);
        Assert.Equal((5, true), TableResultWriter.Write(result, new MemoryStream(), new TableOptions { MaxRows = 5 }));
        using var exact = _engine.Read("SELECT 1 AS x FROM range(5)", [], CancellationToken.None);
        Assert.Equal((5, false), TableResultWriter.Write(exact, new MemoryStream(), new TableOptions { MaxRows = 5 }));
    }

    [Fact]
    public void A_table_of_many_rows_streams_after_the_widths_are_known()
    {
        var lines = Table("SELECT i AS n FROM range(3000) t(i)").Split('\n');
        Assert.Equal("  n", lines[0]);
        Assert.Equal("---", lines[1]);
        Assert.Equal("  0", lines[2]);
        Assert.Equal("2999", lines[3001]);
        Assert.Equal("x\n-\n", Table("SELECT 'a' AS x WHERE false"));
    }

    private string Json(string sql) => Text(sql, (result, output) => JsonResultWriter.Write(result, output));

    private string Csv(string sql) => Text(sql, (result, output) => CsvResultWriter.Write(result, output));

    private string Table(string sql, TableOptions? options = null) =>
        Text(sql, (result, output) => TableResultWriter.Write(result, output, options));

    private string Text(string sql, Action<QueryResult, Stream> write)
    {
        using var result = _engine.Read(sql, [], CancellationToken.None);
        using var output = new MemoryStream();
        write(result, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
