using AdvertiseX.Cli.Text;

namespace AdvertiseX.Tests.Cli;

public sealed class TextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1 KB")]
    [InlineData(123_456_789, "123.5 MB")]
    [InlineData(long.MaxValue, "9223.4 PB")]
    public void Bytes_are_decimal(long bytes, string text) => Assert.Equal(text, Amounts.Bytes(bytes));

    [Theory]
    [InlineData(0.123, "0.12 s")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(7_199, "119 min 59 s")]
    [InlineData(18_480, "5 h 8 min")]
    [InlineData(86_243_999, "998 days")]
    public void Durations_read_well(double seconds, string text) =>
        Assert.Equal(text, Amounts.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Columns_align()
    {
        var table = new TextTable("name", "kind", "n") { LeftColumns = [1] };
        table.Add("a", "x", "1");
        table.Add("longer", "", "1,000");
        var output = new StringWriter { NewLine = "\n" };

        table.Write(output, "  ");

        Assert.Equal(
            """
              name    kind      n
              ──────  ────  ─────
              a       x         1
              longer        1,000

            """.ReplaceLineEndings("\n"),
            output.ToString()
        );
    }

    [Fact]
    public void Nothing_is_coloured_where_colours_are_off()
    {
        Assert.Equal("✓", new Paint(false).Mark(true));
        Assert.Contains("\u001b[", new Paint(true).Mark(true), StringComparison.Ordinal);
    }
}
