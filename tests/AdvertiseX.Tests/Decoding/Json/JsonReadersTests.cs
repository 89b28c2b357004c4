using System.Text;
using System.Text.Json;
using AdvertiseX.Decoding.Json;

namespace AdvertiseX.Tests.Decoding.Json;

public class JsonReadersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Fast_and_plain_reader_agree_on_random_lines(int seed)
    {
        var input = Lines(seed, 1500);
        using var fast = RecordedEvents.Of(TextFormats.Json, input, 1 << 20);
        using var plain = RecordedEvents.Of(TextFormats.Json, input, 1 << 20, fast: false);
        Assert.Equal(plain.Lines, fast.Lines);
        Assert.Equal(Counts(plain), Counts(fast));
        Assert.Contains(fast.Lines, l => l.Contains("\"values\"", StringComparison.Ordinal));
        Assert.Contains(fast.Lines, l => l.Contains("\"reject\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Exactly_what_System_Text_Json_accepts_is_accepted(int seed)
    {
        var random = new RandomJson(seed);
        for (var i = 0; i < 1500; i++)
        {
            var record = random.Damage(random.Record());
            if (record.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
                continue;
            using var events = RecordedEvents.Of(TextFormats.Json, [.. "{}\n"u8, .. record, (byte)'\n'], 1 << 20);
            var accepted = !events.Lines[1].Contains("\"reject\"", StringComparison.Ordinal);
            Assert.True(accepted == IsObject(record), Encoding.UTF8.GetString(record));
        }
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    public void Any_block_size_gives_the_same_records(int seed, bool array)
    {
        var input = array ? Array(seed, 300) : Lines(seed, 300);
        using var whole = RecordedEvents.Of(TextFormats.Json, input, 4 << 20, 3000);
        foreach (var blockBytes in new[] { 1, 50, 333, 1000, 5000 })
        {
            using var split = RecordedEvents.Of(TextFormats.Json, input, blockBytes, 3000, readBytes: 97);
            Assert.Equal(whole.Lines, split.Lines);
        }
    }

    [Theory]
    [InlineData("""plain""", "plain")]
    [InlineData("""\"\\\/\b\f\n\r\t""", "\"\\/\b\f\n\r\t")]
    [InlineData("""\u0041\u00e9\u20ac\ud83d\ude00""", "Aé€😀")]
    [InlineData("""x\ud800""", "x\ufffd")]
    [InlineData("""\ude00\ud83d!""", "\ufffd\ufffd!")]
    [InlineData("""\ud83d\ud83d\ude00""", "\ufffd😀")]
    [InlineData("""\ud83d\u0041""", "\ufffdA")]
    public void Escapes_stand_for_what_RFC_8259_says(string escaped, string expected) =>
        Assert.Equal(expected, Unescape(escaped));

    [Theory]
    [InlineData("""\x""")]
    [InlineData("""\u12g4""")]
    [InlineData("""\u123""")]
    [InlineData("""\""")]
    [InlineData("a\nb")]
    public void Wrong_escapes_are_refused(string escaped) => Assert.Null(Unescape(escaped));

    [Theory]
    [InlineData("""[ 1 , "a\/b\u0041\u0007\n" , { "x" : null } ]""", """[1,"a/bA\u0007\n",{"x":null}]""")]
    [InlineData("""{"\ud800":"\"\\"}""", "{\"\ufffd\":\"\\\"\\\\\"}")]
    public unsafe void Minified_json_has_one_spelling(string json, string expected)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(json), .. new byte[64]];
        var target = new byte[bytes.Length];
        fixed (
            byte* p = bytes,
                t = target
        )
        {
            var length = JsonText.Minify(p, p + bytes.Length - 64, t);
            Assert.Equal(expected, Encoding.UTF8.GetString(target, 0, length));
        }
    }

    internal static byte[] Lines(int seed, int count)
    {
        var random = new RandomJson(seed);
        var bytes = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            bytes.AddRange(random.Damage(random.Record()).Where(b => b != '\n'));
            bytes.Add((byte)'\n');
        }

        return [.. bytes];
    }

    private static byte[] Array(int seed, int count)
    {
        var random = new RandomJson(seed);
        var bytes = new List<byte> { (byte)'[' };
        for (var i = 0; i < count; i++)
        {
            bytes.AddRange(i % 10 == 3 ? random.Damage(random.Record()) : random.Record());
            bytes.Add((byte)',');
        }

        return [.. bytes];
    }

    private static Dictionary<string, long> Counts(RecordedEvents events)
    {
        var counts = new Dictionary<string, long>();
        events.Record.TakeUnmappedCounts(counts);
        return counts;
    }

    private static bool IsObject(byte[] record)
    {
        if (!System.Text.Unicode.Utf8.IsValid(record))
            return false;
        try
        {
            var reader = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = 64 });
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read()) { }

            return isObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static unsafe string? Unescape(string escaped)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(escaped + "\""), .. new byte[64]];
        var target = new byte[bytes.Length + JsonText.UnescapeSlack];
        fixed (
            byte* p = bytes,
                t = target
        )
        {
            var close = JsonText.Unescape(p, p + bytes.Length - 64, t, out var length);
            return close == null ? null : Encoding.UTF8.GetString(target, 0, length);
        }
    }
}
