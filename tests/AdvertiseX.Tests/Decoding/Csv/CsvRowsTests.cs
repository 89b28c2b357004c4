using System.Text;

namespace AdvertiseX.Tests.Decoding.Csv;

public class CsvRowsTests
{
    [Theory]
    [InlineData(1, "\n")]
    [InlineData(2, "\r\n")]
    [InlineData(3, "\r")]
    public void Any_block_size_gives_the_same_records(int seed, string lineEnd)
    {
        var input = RandomCsv(seed, lineEnd, dirt: true);
        using var whole = RecordedEvents.Of(TextFormats.Csv, input, 4 << 20, 1024);
        foreach (var blockBytes in new[] { 1, 17, 100, 999, 4000 })
        {
            using var split = RecordedEvents.Of(TextFormats.Csv, input, blockBytes, 1024, readBytes: 61);
            Assert.Equal(whole.Lines, split.Lines);
        }
    }

    [Theory]
    [InlineData(4, "\n")]
    [InlineData(5, "\r\n")]
    public void Written_fields_come_back(int seed, string lineEnd)
    {
        var random = new Random(seed);
        var rows = Enumerable
            .Range(0, 500)
            .Select(_ => Enumerable.Range(0, 4).Select(_ => Field(random)).ToArray())
            .ToList();
        var text = new StringBuilder("id,x,y,z").Append(lineEnd);
        foreach (var row in rows)
            text.AppendJoin(',', row.Select(f => Quote(random, f))).Append(lineEnd);
        using var events = RecordedEvents.Of(TextFormats.Csv, Encoding.UTF8.GetBytes(text.ToString()), 500);
        Assert.Equal(rows.Count, events.Lines.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var values = System.Text.Json.Nodes.JsonNode.Parse(events.Lines[i])!["values"]!;
            string[] names = ["event_id", "?x", "?y", "?z"];
            for (var f = 0; f < 4; f++)
            {
                var found = values[names[f]]?.GetValue<string>();
                if (found is null or "null")
                    found = "text ";
                Assert.Equal("text " + rows[i][f], found);
            }
        }
    }

    [Fact]
    public void Random_bytes_end_and_cover_the_stream()
    {
        var random = new Random(9);
        for (var round = 0; round < 300; round++)
        {
            var input = Encoding.UTF8.GetBytes(
                "id,x\n" + string.Concat(Enumerable.Range(0, random.Next(400)).Select(_ => "\",\n\r a"[random.Next(6)]))
            );
            using var whole = RecordedEvents.Of(TextFormats.Csv, input, 4 << 20, 100);
            using var split = RecordedEvents.Of(TextFormats.Csv, input, 1 + random.Next(200), 100, readBytes: 13);
            Assert.Equal(whole.Lines, split.Lines);
        }
    }

    private static byte[] RandomCsv(int seed, string lineEnd, bool dirt)
    {
        var random = new Random(seed);
        var text = new StringBuilder("id,x,y,z").Append(lineEnd);
        for (var i = 0; i < 400; i++)
        {
            var fields = dirt && random.Next(20) == 0 ? random.Next(1, 7) : 4;
            for (var f = 0; f < fields; f++)
            {
                if (f > 0)
                    text.Append(',');
                var field = Quote(random, random.Next(50) == 0 ? new string('l', random.Next(1500)) : Field(random));
                if (dirt && random.Next(40) == 0)
                    field = field.Insert(random.Next(field.Length + 1), "\"");
                text.Append(field);
            }

            text.Append(lineEnd);
            if (random.Next(20) == 0)
                text.Append(lineEnd);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Field(Random random)
    {
        string[] parts = ["a", "ä", "12.5", "\"", ",", "\n", "\r\n", "\r", "x y", new('q', 70)];
        return string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => parts[random.Next(parts.Length)]));
    }

    private static string Quote(Random random, string field) =>
        field.AsSpan().IndexOfAny("\",\r\n") >= 0 || random.Next(3) == 0
            ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : field;
}
