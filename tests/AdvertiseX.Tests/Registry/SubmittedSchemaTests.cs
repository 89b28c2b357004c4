using System.Diagnostics;
using System.Text;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Registry;

namespace AdvertiseX.Tests.Registry;

/// <summary>Which texts are one schema, and which are none.</summary>
public sealed class SubmittedSchemaTests
{
    [Theory]
    [InlineData("\"int\"", """ { "type" : "int" } """)]
    [InlineData(
        """{"type":"record","name":"R","namespace":"a.b","fields":[{"name":"f","type":"string","default":""}]}""",
        """{"fields":[{"default":"","type":{"type":"string"},"name":"f"}],"name":"a.b.R","type":"record"}"""
    )]
    [InlineData(
        """{"type":"record","name":"a.R","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":2}},{"name":"g","type":"F"}]}""",
        """{"type":"record","name":"a.R","fields":[{"name":"f","type":{"type":"fixed","name":"a.F","size":2}},{"name":"g","type":"a.F"}]}"""
    )]
    [InlineData(
        """{"type":"record","name":"a.R","aliases":["Q"],"fields":[]}""",
        """{"type":"record","name":"a.R","aliases":["a.Q"],"fields":[]}"""
    )]
    public void Texts_that_say_the_same_have_one_form(string left, string right) =>
        Assert.Equal(SubmittedSchema.Read(left).Form, SubmittedSchema.Read(right).Form);

    // Each makes a difference for a reader.
    [Theory]
    [InlineData("\"int\"", """{"type":"int","logicalType":"date"}""")]
    [InlineData(
        """{"type":"record","name":"R","fields":[{"name":"f","type":"string"}]}""",
        """{"type":"record","name":"R","fields":[{"name":"f","type":"string","default":""}]}"""
    )]
    [InlineData(
        """{"type":"record","name":"R","fields":[{"name":"f","type":"string"}]}""",
        """{"type":"record","name":"R","fields":[{"name":"f","type":"string","aliases":["g"]}]}"""
    )]
    [InlineData("""["null","int"]""", """["int","null"]""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", """{"type":"enum","name":"n.E","symbols":["A"]}""")]
    public void Texts_that_differ_in_what_a_reader_sees_have_two(string left, string right) =>
        Assert.NotEqual(SubmittedSchema.Read(left).Form, SubmittedSchema.Read(right).Form);

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("int", "JSON")]
    [InlineData("7", "a schema is '7'")]
    [InlineData("\"strin\"", "'strin' is not declared")]
    [InlineData("""{"type":"record","name":"R"}""", "has no fields")]
    [InlineData("""{"type":"record","name":"R-1","fields":[]}""", "'R-1' is not allowed")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"1a","type":"int"}]}""", "'1a' of R is not allowed")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}""", "default")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":null}]}""", "default")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","A"]}""", "twice")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""", "not one of its symbols")]
    [InlineData("""["int","int"]""", "int twice")]
    [InlineData("""["int",["null"]]""", "union")]
    [InlineData("""{"type":"string","doc":"\ud800"}""", "")]
    public void What_is_no_schema_is_refused_with_the_reason(string text, string reason)
    {
        var refused = Assert.Throws<RegistryException>(() => SubmittedSchema.Read(text));
        Assert.Equal(42201, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    // 100 kB of text in each of 400 defaults: 40 MB for 120 kB of schema, and ever so much more of a longer one.
    [Fact]
    public void Defaults_of_many_bytes_are_refused()
    {
        var fields = string.Join(
            ',',
            Enumerable.Range(0, 400).Select(i => $$$"""{"name":"g{{{i}}}","type":"I","default":{}}""")
        );
        var text = new string('x', 100_000);
        var inner =
            $$$"""{"type":"record","name":"I","fields":[{"name":"t","type":"string","default":"{{{text}}}"}]}""";
        var refused = Assert.Throws<RegistryException>(() =>
            SubmittedSchema.Read(
                $$$"""{"type":"record","name":"R","fields":[{"name":"f","type":{{{inner}}},"default":{}},{{{fields}}}]}"""
            )
        );
        Assert.Equal(42201, refused.Code);
        Assert.Contains("16777216 bytes in a schema", refused.Message, StringComparison.Ordinal);
    }

    // Each symbol was looked for among all: minutes.
    [Fact]
    public void Enums_of_many_symbols_are_compared_in_time()
    {
        static AvroSchema Enum(IEnumerable<int> symbols)
        {
            var names = string.Join(',', symbols.Select(i => $"\"S{i}\""));
            return AvroSchema.Parse(Encoding.UTF8.GetBytes($$"""{"type":"enum","name":"E","symbols":[{{names}}]}"""));
        }

        var writer = Enum(Enumerable.Range(0, 100_000));
        var reader = Enum(Enumerable.Range(0, 100_000).Reverse());
        var clock = Stopwatch.StartNew();
        Assert.Equal(100_000, AvroResolver.Resolve(writer, reader).Symbols!.Length);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Fact]
    public void Defaults_that_multiply_are_refused_in_time()
    {
        var inner = """{"type":"record","name":"R0","fields":[{"name":"a","type":"null","default":null}]}""";
        for (var i = 1; i < 30; i++)
            inner =
                $$$"""{"type":"record","name":"R{{{i}}}","fields":[{"name":"a","type":{{{inner}}},"default":{}},{"name":"b","type":"R{{{i - 1}}}","default":{}}]}""";
        var refused = Assert.Throws<RegistryException>(() => SubmittedSchema.Read(inner));
        Assert.Contains("default", refused.Message, StringComparison.Ordinal);
    }
}
