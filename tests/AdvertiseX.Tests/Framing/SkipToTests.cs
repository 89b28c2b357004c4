using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;
using AdvertiseX.Framing.Csv;
using AdvertiseX.Framing.Json;
using AdvertiseX.Records;
using AdvertiseX.Tests.Decoding;
using AdvertiseX.Tests.Decoding.Avro;
using AdvertiseX.Validation;

namespace AdvertiseX.Tests.Framing;

/// <summary>A framer that skips to a record gives the same record as one that read all before it.</summary>
public class SkipToTests
{
    private const string Row =
        "{\"id\":\"i1\",\"user\":\"u\",\"timestamp\":\"2024-03-01T00:00:00Z\",\"website\":\"é{[\\\"\"}";

    public static TheoryData<string, string> Texts =>
        new()
        {
            {
                "json",
                string.Concat(
                    Enumerable.Range(0, 40).Select(i => Row.Replace("i1", $"i{i}") + (i % 3 == 0 ? "\r\n\n" : "\n"))
                )
            },
            {
                "json",
                "\uFEFF" + string.Concat(Enumerable.Range(0, 40).Select(i => Row.Replace("i1", $"i{i}") + "\n"))
            },
            {
                "json",
                "["
                    + string.Join(
                        ",\n  ",
                        Enumerable.Range(0, 40).Select(i => i == 7 ? "{\"id\":\"broken" : Row.Replace("i1", $"i{i}"))
                    )
                    + "]"
            },
            {
                "json",
                string.Join("\n", Enumerable.Range(0, 40).Select(i => Row.Replace("i1", $"i{i}").Replace(",", ",\n ")))
            },
            {
                "csv",
                "id,user,timestamp,website\n"
                    + string.Concat(
                        Enumerable.Range(0, 40).Select(i => $"i{i},u,2024-03-01T00:00:00Z,\"a\n\"\"b{i}\"\n")
                    )
            },
        };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_record_is_the_same(string format, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Check(
            bytes,
            TextFormats.Impressions,
            (content, options) =>
                format == "json"
                    ? new JsonFramer(content, options)
                    : new CsvFramer(content, options, TextFormats.Impressions),
            atLeast: 38
        );
    }

    [Fact]
    public void Avro_records_of_a_container_block_are_the_same()
    {
        const string schema = """{"type":"record","name":"R","fields":[{"name":"domain","type":"string"}]}""";
        var contract = AvroDecoding.Contract("""{"event_time":{"from":["t"]},"domain":{"from":["domain"]}}""");
        var blocks = Enumerable
            .Range(0, 40)
            .Select(i => (2L, new AvroBytes().Text($"a{i}").Text(new string('b', 40 * i)).ToArray()))
            .ToArray();
        Check(
            AvroBytes.File(schema, "null", blocks),
            contract,
            (content, options) => new AvroFramer(content, options),
            atLeast: 80
        );
    }

    private static void Check(
        byte[] file,
        CompiledContract contract,
        Func<Stream, FramerOptions, IFramer> create,
        int atLeast
    )
    {
        var all = Read(file, contract, create, []);
        Assert.True(all.Count >= atLeast, $"{all.Count} records");
        var offsets = all.Keys.Select(k => k.Offset).Distinct().Order().ToList();
        for (var every = 1; every <= 5; every++)
        {
            var wanted = offsets.Where((_, i) => i % every == every - 1).ToList();
            var found = Read(file, contract, create, wanted);
            foreach (var (at, raw) in all.Where(r => wanted.Contains(r.Key.Offset)))
                Assert.Equal(raw, found[at]);
        }
    }

    // With offsets: only from each of them the next small block.
    private static Dictionary<(long Offset, int Ordinal), string> Read(
        byte[] file,
        CompiledContract contract,
        Func<Stream, FramerOptions, IFramer> create,
        List<long> offsets
    )
    {
        using var framer = create(
            new MemoryStream(file),
            new FramerOptions { BlockBytes = offsets.Count == 0 ? 1 << 20 : 128 }
        );
        using var rows = new RowWriter(contract, new StreamContext("s", 0), new ValidationOptions());
        var found = new Dictionary<(long, int), string>();
        rows.CaptureTo((in RecordBytes at) => found[(at.Offset, at.Ordinal)] = Encoding.UTF8.GetString(at.Span));
        IBlockDecoder? decoder = null;
        long read = -1;
        foreach (var offset in offsets.DefaultIfEmpty(-1))
        {
            if (offset >= 0 && offset < read)
                continue;
            if (offset >= 0)
                framer.SkipTo(offset);
            using var block = framer.Next();
            if (block == null)
                break;
            (decoder ??= framer.CreateDecoder(contract)).Decode(block, rows);
            read = block.Next;
        }

        decoder?.Dispose();
        return found;
    }
}
