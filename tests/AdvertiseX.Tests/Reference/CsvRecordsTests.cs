using System.Text;
using AdvertiseX.Reference;

namespace AdvertiseX.Tests.Reference;

public sealed class CsvRecordsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("a,b\n1,2\n", "a|b 1|2")]
    [InlineData("a,b\r\n1,2", "a|b 1|2")]
    [InlineData("a,b\r1,2\r3,4", "a|b 1|2 3|4")]
    [InlineData("\n\na;b\n1,5;2\n\n\n3;4", "a|b 1,5|2 3|4")]
    [InlineData("a\tb\n 1\t2 \n", "a|b 1|2")]
    [InlineData("sep=;\na;b\n1;2\n", "a|b 1|2")]
    [InlineData(" a , \"b\"\n1,2\n", "a|b 1|2")]
    [InlineData("a,b\n\" q \" , z \n", "a|b  q |z")]
    [InlineData("a,b\n\"q\"\"x\"\"\n2\",\n", "a|b q\"x\"\n2|")]
    [InlineData("a,b\n5\" screen,\"x\"y\n", "a|b 5\" screen|xy")]
    [InlineData("a,b\n1\n1,2,3\n", "a|b 1 1|2|3")]
    [InlineData("a\n\"\"\n", "a ")]
    [InlineData("\uFEFFa,b\nZürich,2\n", "a|b Zürich|2")]
    public void Records_as_people_write_them(string text, string expected)
    {
        File.WriteAllText(_file, text);
        Assert.Equal(expected, string.Join(' ', Read().Select(fields => string.Join('|', fields))));
    }

    [Fact]
    public void A_byte_order_mark_tells_utf_16()
    {
        File.WriteAllText(_file, "a;b\nZürich;2\n", Encoding.Unicode);
        Assert.Equal(
            [
                ["a", "b"],
                ["Zürich", "2"],
            ],
            Read()
        );
    }

    [Theory]
    [InlineData("a,b\n1,\"open\n2,3\n", 1)]
    [InlineData("a,b\n1,\"", 1)]
    [InlineData("a,b\n1,2\n\"x\"\"\n", 2)]
    [InlineData("\"a,b\n1,2\n", 0)]
    public void A_quote_that_never_closes_is_a_fault(string text, int before)
    {
        File.WriteAllText(_file, text);
        AssertFault("a quote that never closes", before);
    }

    [Fact]
    public void Records_and_fields_have_bounds()
    {
        File.WriteAllText(_file, "a,b\n" + new string(',', 1023) + "\n" + new string(',', 1024));
        AssertFault("a record of more than 1024 fields", 2);
        File.WriteAllText(_file, $"a,b\n{new string('x', 1 << 20)},2\n{new string('x', (1 << 20) + 1)},2\n");
        AssertFault("a field of more than 1048576 characters", 2);
        File.WriteAllText(_file, $"a,b\n\"{new string('x', 40 << 20)}");
        AssertFault("a record of more than 16777216 bytes", 1);
    }

    private List<string[]> Read()
    {
        using var records = new CsvRecords(_file);
        var all = new List<string[]>();
        while (records.Read() is { } fields)
            all.Add(fields);
        return all;
    }

    private void AssertFault(string message, int recordsBefore)
    {
        using var records = new CsvRecords(_file);
        for (var i = 0; i < recordsBefore; i++)
            Assert.NotNull(records.Read());
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => records.Read()).Message);
    }
}
