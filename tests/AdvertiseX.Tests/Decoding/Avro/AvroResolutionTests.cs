using AdvertiseX.Decoding.Avro;

namespace AdvertiseX.Tests.Decoding.Avro;

public class AvroResolutionTests
{
    [Theory]
    [InlineData("\"int\"", "\"long\"", "7")]
    [InlineData("\"int\"", "\"double\"", "7")]
    [InlineData("\"long\"", "\"float\"", "7")]
    [InlineData("\"long\"", "\"int\"", "Mismatch")]
    [InlineData("\"int\"", "[\"null\",\"string\",\"double\",\"int\"]", "7")]
    [InlineData("\"int\"", "[\"null\",\"string\",\"double\"]", "7")]
    [InlineData("\"int\"", "[\"null\",\"string\"]", "Mismatch")]
    [InlineData("\"int\"", "\"boolean\"", "Mismatch")]
    public void Integers_promote_and_narrow_never(string writer, string reader, string expected) =>
        Assert.Equal(expected, AvroDecoding.Json(writer, reader, new AvroBytes().Long(7).ToArray()));

    [Fact]
    public void Floats_and_texts_promote()
    {
        Assert.Equal(
            "2.4231998920440674",
            AvroDecoding.Json("\"float\"", "\"double\"", new AvroBytes().Float(2.4232f).ToArray())
        );
        Assert.Equal("2.4232", AvroDecoding.Json("\"float\"", "\"float\"", new AvroBytes().Float(2.4232f).ToArray()));
        Assert.Equal("\"né\"", AvroDecoding.Json("\"bytes\"", "\"string\"", new AvroBytes().Text("né").ToArray()));
        Assert.Equal("\"6e\"", AvroDecoding.Json("\"string\"", "\"bytes\"", new AvroBytes().Text("n").ToArray()));
        Assert.Equal("BadText", AvroDecoding.Json("\"bytes\"", "\"string\"", new AvroBytes().Bytes([0xFF]).ToArray()));
    }

    [Fact]
    public void Record_fields_go_by_name_then_alias_and_the_rest_by_default()
    {
        const string writer = """
            {"type":"record","name":"a.W","fields":[{"name":"gone","type":{"type":"array","items":"string"}},
             {"name":"old","type":"int"},{"name":"kept","type":"string"}]}
            """;
        const string reader = """
            {"type":"record","name":"b.R","aliases":["a.W"],"fields":[{"name":"kept","type":"string"},
             {"name":"renamed","type":["null","long"],"aliases":["nope","old"]},
             {"name":"list","type":{"type":"array","items":"int"},"default":[1,2]},
             {"name":"map","type":{"type":"map","values":"double"},"default":{"x":1.5}},
             {"name":"raw","type":"bytes","default":"\u00ff\u0001"},
             {"name":"inner","type":{"type":"record","name":"I","fields":[{"name":"n","type":["null","string"],"default":null},
               {"name":"m","type":"boolean","default":true}]},"default":{"m":false}},
             {"name":"any","type":["null","string"],"default":"later branch"}]}
            """;
        var datum = new AvroBytes().Long(1).Text("x").Long(0).Long(-3).Text("k").ToArray();
        Assert.Equal(
            """{"renamed":-3,"kept":"k","list":[1,2],"map":{"x":1.5},"raw":"ff01","inner":{"n":null,"m":false},"any":"later branch"}""",
            AvroDecoding.Json(writer, reader, datum)
        );
    }

    [Fact]
    public void Field_without_default_that_the_writer_lacks_loses_the_record_and_says_so()
    {
        var writer = AvroDecoding.Schema("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""");
        var reader = AvroDecoding.Schema("""{"type":"record","name":"R","fields":[{"name":"b","type":"int"}]}""");
        var json = new AvroJsonReader(writer, reader);
        Assert.Equal(AvroFault.Mismatch, json.Read(new AvroBytes().Long(1).Long(2).ToArray(), out var length));
        Assert.Equal(1, length);
        Assert.Contains("'b'", json.Mismatch!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "\"A\"")]
    [InlineData(1, "\"Z\"")]
    [InlineData(2, "BadBranch")]
    public void Unknown_enum_symbol_becomes_the_readers_default(int symbol, string expected) =>
        Assert.Equal(
            expected,
            AvroDecoding.Json(
                """{"type":"enum","name":"E","symbols":["A","NEW"]}""",
                """{"type":"enum","name":"E","symbols":["Z","A"],"default":"Z"}""",
                new AvroBytes().Long(symbol).ToArray()
            )
        );

    [Fact]
    public void Unknown_enum_symbol_without_default_is_a_mismatch() =>
        Assert.Equal(
            "Mismatch",
            AvroDecoding.Json(
                """{"type":"enum","name":"E","symbols":["A","NEW"]}""",
                """{"type":"enum","name":"E","symbols":["A"]}""",
                new AvroBytes().Long(1).ToArray()
            )
        );

    [Fact]
    public void Unions_resolve_branch_by_branch()
    {
        const string writer = """["null","int",{"type":"fixed","name":"F","size":2}]""";
        const string reader = """["double","null"]""";
        Assert.Equal("null", AvroDecoding.Json(writer, reader, new AvroBytes().Long(0).ToArray()));
        Assert.Equal("5", AvroDecoding.Json(writer, reader, new AvroBytes().Long(1).Long(5).ToArray()));
        Assert.Equal("Mismatch", AvroDecoding.Json(writer, reader, new AvroBytes().Long(2).Raw(1, 2).ToArray()));
    }

    [Fact]
    public void Decimals_of_another_scale_do_not_match() =>
        Assert.Equal(
            "Mismatch",
            AvroDecoding.Json(
                """{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}""",
                """{"type":"bytes","logicalType":"decimal","precision":9,"scale":3}""",
                new AvroBytes().Bytes([1]).ToArray()
            )
        );

    [Fact]
    public void Recursive_schema_reads_to_its_depth_limit()
    {
        const string schema =
            """{"type":"record","name":"N","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","N"]}]}""";
        Assert.Equal(
            """{"v":1,"next":{"v":2,"next":null}}""",
            AvroDecoding.Json(schema, new AvroBytes().Long(1).Long(1).Long(2).Long(0).ToArray())
        );
        var deep = new AvroBytes();
        for (var i = 0; i < 1000; i++)
            deep.Long(i).Long(1);
        Assert.Equal("TooDeep", AvroDecoding.Json(schema, deep.Long(0).Long(0).ToArray()));
    }

    [Theory]
    [InlineData("int", "date", 19_792, "\"2024-03-10\"")]
    [InlineData("int", "date", -1, "\"1969-12-31\"")]
    [InlineData("int", "time-millis", 3_723_004, "\"01:02:03.004000\"")]
    [InlineData("long", "time-micros", 3_723_000_004, "\"01:02:03.000004\"")]
    [InlineData("long", "timestamp-millis", 1_710_050_400_123, "\"2024-03-10T06:00:00.123000Z\"")]
    [InlineData("long", "timestamp-micros", -1, "\"1969-12-31T23:59:59.999999Z\"")]
    [InlineData("long", "timestamp-nanos", -1, "\"1969-12-31T23:59:59.999999Z\"")]
    [InlineData("long", "local-timestamp-millis", 1_710_050_400_123, "\"2024-03-10T06:00:00.123000\"")]
    [InlineData("long", "timestamp-micros", long.MaxValue, "9223372036854775807")]
    [InlineData("long", "timestamp-millis", long.MinValue, "-9223372036854775808")]
    [InlineData("int", "timestamp-micros", 5, "5")]
    [InlineData("long", "no-such-type", 5, "5")]
    public void Logical_times(string type, string logical, long value, string expected) =>
        Assert.Equal(
            expected,
            AvroDecoding.Json(
                $$"""{"type":"{{type}}","logicalType":"{{logical}}"}""",
                new AvroBytes().Long(value).ToArray()
            )
        );

    [Fact]
    public void Writers_millis_stay_millis_to_a_reader_of_micros() =>
        Assert.Equal(
            "\"1970-01-01T00:00:01.000000Z\"",
            AvroDecoding.Json(
                """{"type":"long","logicalType":"timestamp-millis"}""",
                """{"type":"long","logicalType":"timestamp-micros"}""",
                new AvroBytes().Long(1000).ToArray()
            )
        );

    [Theory]
    [InlineData("00", 2, "\"0.00\"")]
    [InlineData("ff", 2, "\"-0.01\"")]
    [InlineData("80", 0, "\"-128\"")]
    [InlineData("0102", 1, "\"25.8\"")]
    [InlineData("8000000000000000", 3, "\"-9223372036854775.808\"")]
    [InlineData("010000000000000000", 0, "\"18446744073709551616\"")]
    [InlineData("ff0000000000000000", 4, "\"-1844674407370955.1616\"")]
    public void Decimals(string bytes, int scale, string expected) =>
        Assert.Equal(
            expected,
            AvroDecoding.Json(
                $$"""{"type":"bytes","logicalType":"decimal","precision":40,"scale":{{scale}}}""",
                new AvroBytes().Bytes(Convert.FromHexString(bytes)).ToArray()
            )
        );

    [Fact]
    public void Uuid_and_duration()
    {
        Assert.Equal(
            "\"00112233-4455-6677-8899-aabbccddeeff\"",
            AvroDecoding.Json(
                """{"type":"fixed","size":16,"name":"U","logicalType":"uuid"}""",
                Convert.FromHexString("00112233445566778899aabbccddeeff")
            )
        );
        Assert.Equal(
            """{"months":1,"days":2,"millis":4294967295}""",
            AvroDecoding.Json(
                """{"type":"fixed","size":12,"name":"D","logicalType":"duration"}""",
                Convert.FromHexString("0100000002000000ffffffff")
            )
        );
    }

    [Theory]
    [InlineData("{\"type\":\"record\",\"name\":\"R\"}")]
    [InlineData(
        "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]}"
    )]
    [InlineData("[\"null\",[\"int\"]]")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":1.5}")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[1]}")]
    [InlineData("{\"type\":\"array\"}")]
    [InlineData("{\"type\":null}")]
    [InlineData("{\"name\":\"x\"}")]
    [InlineData("\"Unknown\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("[")]
    [InlineData("7")]
    public void Broken_schema_is_a_value_with_a_message(string json)
    {
        Assert.False(AvroSchema.TryParse(System.Text.Encoding.UTF8.GetBytes(json), out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Names_take_the_namespace_around_them()
    {
        var schema = AvroDecoding.Schema(
            """
            {"type":"record","name":"R","namespace":"a.b","doc":"x","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":["X"]}},
             {"name":"f","type":"E"},{"name":"g","type":{"type":"fixed","name":"c.F","size":3}},{"name":"h","type":["null","c.F","a.b.E"]}]}
            """
        );
        Assert.Equal(
            """{"name":"a.b.R","type":"record","fields":[{"name":"e","type":{"name":"a.b.E","type":"enum","symbols":["X"]}},{"name":"f","type":"a.b.E"},{"name":"g","type":{"name":"c.F","type":"fixed","size":3}},{"name":"h","type":["null","c.F","a.b.E"]}]}""",
            schema.CanonicalForm
        );
        Assert.Equal(["e", "f", "g", "h"], schema.FieldPaths());
    }
}
