using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;
using AdvertiseX.Tests.Decoding.Avro;

namespace AdvertiseX.Tests.Framing.Avro;

public class AvroFramerTests
{
    private const string Schema = """{"type":"record","name":"R","fields":[{"name":"domain","type":"string"}]}""";
    private static readonly CompiledContract s_contract = AvroDecoding.Contract(
        """{"event_time":{"from":["t"]},"domain":{"from":["domain"]}}"""
    );

    private static (long, byte[]) BlockOf(params string[] texts)
    {
        var data = new AvroBytes();
        foreach (var text in texts)
            data.Text(text);
        return (texts.Length, data.ToArray());
    }

    private static string[] Texts(SlotRecorder found) => [.. found.Rows.SelectMany(r => r).Select(t => t[8..^1])];

    [Fact]
    public void Broken_marker_costs_that_block_and_reading_goes_on_behind_the_next()
    {
        var file = AvroBytes.File(Schema, "null", BlockOf("a"), BlockOf("b", "c"), BlockOf("d"), BlockOf("e"));
        var at = file.AsSpan().IndexOf("\u0002c"u8);
        file[at + 2] ^= 1;
        using var found = AvroDecoding.Decode(file, s_contract);
        Assert.Equal(["a", "e"], Texts(found));
        var reject = Assert.Single(found.Rejects);
        Assert.Equal((RejectReason.DamagedBlock, 6 + 4 + 32L), (reject.Reason, reject.Length));
    }

    [Theory]
    [InlineData(0, 0x81)]
    [InlineData(1, 0xFF)]
    [InlineData(1, 0x01)]
    [InlineData(1, 0x02)]
    public void Broken_count_or_size_costs_that_block_alone(int which, byte value)
    {
        var file = AvroBytes.File(Schema, "null", BlockOf("a"), BlockOf("b", "c"), BlockOf("d"));
        var at = file.AsSpan().IndexOf("\u0002b"u8) - 2;
        file[at + which] = value;
        using var found = AvroDecoding.Decode(file, s_contract);
        Assert.Equal(["a", "d"], Texts(found));
        Assert.Equal(RejectReason.DamagedBlock, Assert.Single(found.Rejects).Reason);
    }

    [Fact]
    public void Broken_datum_costs_the_rest_of_its_block_as_one_damaged_block()
    {
        var broken = new AvroBytes().Text("a").Text("b").Long(1000).Raw(1, 2, 3).ToArray();
        using var found = AvroDecoding.Decode(AvroBytes.File(Schema, "null", (5, broken), BlockOf("z")), s_contract);
        Assert.Equal(["a", "b", "z"], Texts(found));
        var reject = Assert.Single(found.Rejects);
        Assert.Equal((RejectReason.DamagedBlock, 2, 5L), (reject.Reason, reject.Ordinal, reject.Length));
    }

    [Fact]
    public void More_bytes_than_the_count_says_are_a_damaged_block()
    {
        using var found = AvroDecoding.Decode(
            AvroBytes.File(Schema, "null", (1, new AvroBytes().Text("a").Text("b").ToArray())),
            s_contract
        );
        Assert.Equal(["a"], Texts(found));
        Assert.Equal(RejectReason.DamagedBlock, Assert.Single(found.Rejects).Reason);
    }

    [Fact]
    public void Every_cut_of_a_file_gives_its_whole_blocks_and_at_most_one_reject()
    {
        var file = AvroBytes.File(Schema, "null", BlockOf("a"), BlockOf("b", "c"), BlockOf("d"));
        using var whole = new AvroFramer(new MemoryStream(file), new FramerOptions());
        whole.Next()!.Dispose();
        var header = whole.Header!.Length;
        for (var length = 1; length < file.Length; length++)
        {
            using var found = AvroDecoding.Decode(file[..length], s_contract);
            var expected = new[] { "a", "b", "c", "d" }.Take(
                length < header + 20 ? 0
                : length < header + 42 ? 1
                : 3
            );
            Assert.Equal(expected, Texts(found));
            var clean = length == header || length == header + 20 || length == header + 42;
            Assert.Equal(clean ? 0 : 1, found.Rejects.Count);
        }
    }

    [Fact]
    public void Unfinished_tail_is_where_the_position_stays()
    {
        var file = AvroBytes.File(Schema, "null", BlockOf("a"), BlockOf("b"));
        using var framer = new AvroFramer(new MemoryStream(file[..^3]), new FramerOptions());
        using var block = framer.Next()!;
        Assert.Equal(file.Length - 20, block.UnterminatedFrom);
        Assert.Null(framer.Next());
    }

    [Fact]
    public void Reading_goes_on_where_it_stood()
    {
        var file = AvroBytes.File(Schema, "null", [.. Enumerable.Range(0, 9000).Select(i => BlockOf($"t{i}", "u"))]);
        var options = new FramerOptions { BlockBytes = 64 << 10 };
        using var all = AvroDecoding.Decode(file, s_contract, options);
        Assert.Equal(18_000, all.Rows.Count);
        Assert.Empty(all.Rejects);
        var starts = all.Places.Select(p => p.Offset).Distinct().ToArray();
        foreach (var start in new[] { starts[1], starts[4000], starts[^1], file.Length })
        {
            using var rest = AvroDecoding.Decode(file, s_contract, options with { StartAt = start });
            Assert.Equal(all.Places.Where(p => p.Offset >= start), rest.Places);
        }
    }

    [Fact]
    public void Container_block_longer_than_a_block_is_read_whole()
    {
        var texts = Enumerable.Range(0, 3000).Select(i => new string('x', 100) + i).ToArray();
        using var found = AvroDecoding.Decode(
            AvroBytes.File(Schema, "null", BlockOf("a"), BlockOf(texts), BlockOf("b")),
            s_contract,
            new FramerOptions { BlockBytes = 64 << 10 }
        );
        Assert.Equal(["a", .. texts, "b"], Texts(found));
    }

    [Fact]
    public void Damage_longer_than_a_block_is_one_reject()
    {
        var file = AvroBytes.File(Schema, "null", BlockOf("a"), BlockOf("b"));
        var junk = new byte[300_000];
        new Random(5).NextBytes(junk);
        byte[] damaged = [.. file[..^20], .. junk, .. AvroBytes.Sync, .. file[^20..]];
        using var found = AvroDecoding.Decode(damaged, s_contract, new FramerOptions { BlockBytes = 64 << 10 });
        Assert.Equal(["a", "b"], Texts(found));
        Assert.Single(found.Rejects);
    }

    [Theory]
    [InlineData("Obj\u0002")]
    [InlineData("{}")]
    [InlineData("Obj\u0001\u0000")]
    public void File_without_a_header_is_one_reject(string start)
    {
        byte[] file = [.. System.Text.Encoding.UTF8.GetBytes(start), .. new byte[200_000]];
        using var found = AvroDecoding.Decode(file, s_contract, new FramerOptions { BlockBytes = 64 << 10 });
        Assert.Empty(found.Rows);
        Assert.Single(found.Rejects);
    }

    [Fact]
    public void Unknown_codec_is_named()
    {
        Assert.Equal(AvroHeaderState.Broken, AvroHeader.Read(AvroBytes.File(Schema, "lzo"), out _, out var problem));
        Assert.Contains("'lzo'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_file_and_file_without_blocks_have_no_records()
    {
        using var header = AvroDecoding.Decode(AvroBytes.File(Schema, "null"), s_contract);
        Assert.Empty(header.Rejects);
        using var empty = AvroDecoding.Decode([], s_contract);
        Assert.Empty(empty.Rejects);
    }
}
