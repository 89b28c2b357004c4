using System.Text;
using System.Text.Json.Nodes;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Registry;
using AdvertiseX.Tests.Decoding.Avro;

namespace AdvertiseX.Tests.Registry;

/// <summary>Which schemas fit each other, at each level.</summary>
public sealed class SchemaCompatibilityTests
{
    private const string Enum2 = """{"type":"enum","name":"E","symbols":["A","B"]}""";
    private const string Enum3 = """{"type":"enum","name":"E","symbols":["A","B","C"]}""";
    private const string Enum2WithDefault = """{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}""";
    private const string List =
        """{"type":"record","name":"L","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","L"]}]}""";
    private const string LongList =
        """{"type":"record","name":"L","fields":[{"name":"v","type":"long"},{"name":"next","type":["null","L"]}]}""";

    /// <summary>An old schema, a new one, whether the new one reads what the old wrote (backward), and whether the old
    /// one reads what the new writes (forward). From the rules of the specification, one by one.</summary>
    public static TheoryData<string, string, bool, bool> Pairs =>
        new()
        {
            { "\"string\"", "\"string\"", true, true },
            { "\"int\"", "\"long\"", true, false },
            { "\"int\"", "\"float\"", true, false },
            { "\"int\"", "\"double\"", true, false },
            { "\"long\"", "\"double\"", true, false },
            { "\"float\"", "\"double\"", true, false },
            { "\"string\"", "\"bytes\"", true, true },
            { "\"int\"", "\"string\"", false, false },
            { "\"int\"", "\"boolean\"", false, false },
            { "\"null\"", "\"int\"", false, false },
            // Unions.
            { "\"string\"", """["null","string"]""", true, false },
            { """["null","string"]""", """["string","null"]""", true, true },
            { """["null","string"]""", """["null","string","long"]""", true, false },
            { """["int","string"]""", """["double","string"]""", true, false },
            { """["int","string"]""", """["int","boolean"]""", false, false },
            // Arrays, maps.
            { """{"type":"array","items":"int"}""", """{"type":"array","items":"long"}""", true, false },
            { """{"type":"map","values":"int"}""", """{"type":"map","values":"string"}""", false, false },
            { """{"type":"map","values":"int"}""", """{"type":"array","items":"int"}""", false, false },
            // Enums.
            { Enum2, Enum3, true, false },
            { Enum2WithDefault, Enum3, true, true },
            { Enum2, Enum2.Replace("\"E\"", "\"F\"", StringComparison.Ordinal), false, false },
            { Enum2, """{"type":"enum","name":"F","aliases":["E"],"symbols":["A","B"]}""", true, false },
            // Fixed.
            { """{"type":"fixed","name":"F","size":4}""", """{"type":"fixed","name":"F","size":5}""", false, false },
            { """{"type":"fixed","name":"F","size":4}""", """{"type":"fixed","name":"n.F","size":4}""", true, true },
            // Fields.
            { Record("a:int"), Record("a:int", "b:int=7"), true, true },
            { Record("a:int"), Record("a:int", "b:int"), false, true },
            { Record("a:int", "b:int"), Record("a:int"), true, false },
            { Record("a:int", "b:int=7"), Record("a:int"), true, true },
            { Record("a:int", "b:int"), Record("b:int", "a:int"), true, true },
            { Record("a:int"), Record("a:long"), true, false },
            { Record("a:int"), Record("b:int"), false, false },
            { Record("a:int"), Aliased("b", "a"), true, false },
            { Record("a:int"), Record("a:int").Replace("\"R\"", "\"S\"", StringComparison.Ordinal), false, false },
            // Recursive ones.
            { List, List, true, true },
            { List, LongList, true, false },
            // Decimals of different scale are different numbers.
            { Decimal(9, 2), Decimal(12, 2), true, true },
            { Decimal(9, 2), Decimal(9, 3), false, false },
        };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_new_schema_fits_at_each_level_as_the_specification_says(
        string old,
        string fresh,
        bool backward,
        bool forward
    )
    {
        Assert.Equal(backward, IsCompatible(CompatibilityLevel.Backward, fresh, old));
        Assert.Equal(backward, IsCompatible(CompatibilityLevel.BackwardTransitive, fresh, old));
        Assert.Equal(forward, IsCompatible(CompatibilityLevel.Forward, fresh, old));
        Assert.Equal(forward, IsCompatible(CompatibilityLevel.ForwardTransitive, fresh, old));
        Assert.Equal(backward && forward, IsCompatible(CompatibilityLevel.Full, fresh, old));
        Assert.Equal(backward && forward, IsCompatible(CompatibilityLevel.FullTransitive, fresh, old));
        Assert.True(IsCompatible(CompatibilityLevel.None, fresh, old));
    }

    /// <summary>Those on which Apache's library for .NET follows the specification: it does not look into enums, takes
    /// one branch of a union for all, compares names with their namespaces, lets no bytes be text, and knows no
    /// scale.</summary>
    public static IEnumerable<ITheoryDataRow> PairsForApache =>
        Pairs.Where(row =>
        {
            var (old, fresh, _, _) = row.Data;
            return !new[] { "enum", "[\"", "n.F", "\"bytes\"" }.Any(word =>
                (old + fresh).Contains(word, StringComparison.Ordinal)
            );
        });

    [Theory]
    [MemberData(nameof(PairsForApache))]
    public void Apaches_library_says_the_same(string old, string fresh, bool backward, bool forward)
    {
        var (was, now) = (global::Avro.Schema.Parse(old), global::Avro.Schema.Parse(fresh));
        Assert.Equal((backward, forward), (now.CanRead(was), was.CanRead(now)));
    }

    [Fact]
    public void Random_schemas_and_what_became_of_them_are_judged_as_Apache_does()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var schemas = new ApacheSchemas(new Random(seed));
            var writer = schemas.Root();
            var reader = schemas.Evolved(writer);
            // One change more that may cost something.
            var fields = reader["fields"]!.AsArray();
            if (seed % 3 == 0)
                fields.Add(JsonNode.Parse("""{"name":"needed","type":"string"}"""));
            if (seed % 5 == 0)
                fields.Single(field => (string)field!["name"]! == "row")!["type"] = "string";
            var (old, fresh) = (writer.ToJsonString(), reader.ToJsonString());
            var fault = SchemaCompatibility.Fault(Parse(fresh), Parse(old));
            Assert.True(
                global::Avro.Schema.Parse(fresh).CanRead(global::Avro.Schema.Parse(old)) == fault is null,
                $"seed {seed}: {fault}\n{old}\n{fresh}"
            );
        }
    }

    [Fact]
    public void A_fault_says_where_it_is()
    {
        var old = Parse(
            """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"int"}}]}"""
        );
        var fresh = Parse(
            """{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"boolean"}}]}"""
        );
        Assert.Equal("a[]: the writer's int is not the reader's boolean", SchemaCompatibility.Fault(fresh, old));
    }

    [Fact]
    public void Schemas_whose_pairs_nest_deeper_than_any_stack_are_a_fault()
    {
        // Two rings of types, of lengths without a common divisor: each pair of types comes to be compared.
        var fault = SchemaCompatibility.Fault(Ring(199), Ring(200));
        Assert.NotNull(fault);
        Assert.Null(SchemaCompatibility.Fault(Ring(20), Ring(21)));
    }

    /// <summary>Records that hold each other in a ring, as a union that names them could declare.</summary>
    private static AvroSchema Ring(int length)
    {
        var first = new AvroSchema(AvroType.Record) { Name = "n0.R" };
        var next = first;
        for (var i = length - 1; i > 0; i--)
            next = new AvroSchema(AvroType.Record) { Name = $"n{i}.R", Fields = [new AvroField("f", next, [], null)] };
        first.Fields = [new AvroField("f", next, [], null)];
        return first;
    }

    private static bool IsCompatible(CompatibilityLevel level, string fresh, string old)
    {
        var earlier = new RegisteredSchema(1, old, old);
        return SchemaCompatibility.Faults(level, Parse(fresh), [new("s", 1, earlier, IsDeleted: false)]).Count == 0;
    }

    private static AvroSchema Parse(string json) => AvroSchema.Parse(Encoding.UTF8.GetBytes(json));

    private static string Record(params string[] fields) =>
        $$"""{"type":"record","name":"R","fields":[{{string.Join(',', fields.Select(Field))}}]}""";

    private static string Field(string field)
    {
        var parts = field.Split(':', '=');
        return $$"""{"name":"{{parts[0]}}","type":"{{parts[1]}}"{{(parts.Length > 2 ? $",\"default\":{parts[2]}" : "")}}}""";
    }

    private static string Aliased(string name, string alias) =>
        $$"""{"type":"record","name":"R","fields":[{"name":"{{name}}","type":"int","aliases":["{{alias}}"]}]}""";

    private static string Decimal(int precision, int scale) =>
        $$"""{"type":"bytes","logicalType":"decimal","precision":{{precision}},"scale":{{scale}}}""";
}
