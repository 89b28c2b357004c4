using System.Numerics;
using System.Text;
using AdvertiseX.Events;

namespace AdvertiseX.Tests.Events;

public class MicrosTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1_000_000)]
    [InlineData("-0.5", -500_000)]
    [InlineData("+2.25", 2_250_000)]
    [InlineData("0.0000005", 1)]
    [InlineData("0.00000049", 0)]
    [InlineData("-0.0000005", -1)]
    [InlineData("1e3", 1_000_000_000)]
    [InlineData("2.5E-3", 2_500)]
    [InlineData(".5", 500_000)]
    [InlineData("5.", 5_000_000)]
    [InlineData("9223372036854.775807", long.MaxValue)]
    [InlineData("0.30000000000000000000000000001", 300_000)]
    public void Reads_money_exactly(string text, long expected)
    {
        Assert.Equal(DecimalVerdict.Ok, Micros.Parse(Encoding.UTF8.GetBytes(text), Micros.Scale, out var value, out _));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1,5")]
    [InlineData("$1")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1 ")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("1..2")]
    public void Refuses_what_is_no_number(string text) =>
        Assert.Equal(DecimalVerdict.NotANumber, Micros.Parse(Encoding.UTF8.GetBytes(text), Micros.Scale, out _, out _));

    [Theory]
    [InlineData("9223372036854.775808")]
    [InlineData("1e30")]
    [InlineData("99999999999999999999999999")]
    public void Tells_what_does_not_fit(string text) =>
        Assert.Equal(DecimalVerdict.OutOfRange, Micros.Parse(Encoding.UTF8.GetBytes(text), Micros.Scale, out _, out _));

    [Fact]
    public void Agrees_with_big_integers_on_random_decimals()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            var whole = random.NextInt64(1_000_000_000);
            var fraction = string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => random.Next(10)));
            var text = fraction.Length == 0 ? $"{whole}" : $"{whole}.{fraction}";
            var scaled = BigInteger.Parse(whole + fraction) * BigInteger.Pow(10, 12 - fraction.Length);
            var (quotient, rest) = (BigInteger.Divide(scaled, 1_000_000), BigInteger.Remainder(scaled, 1_000_000));
            Micros.Parse(Encoding.UTF8.GetBytes(text), Micros.Scale, out var value, out var exact);
            Assert.Equal(rest >= 500_000 ? quotient + 1 : quotient, value);
            Assert.Equal(rest == 0, exact);
        }
    }

    [Fact]
    public void Short_doubles_are_read_as_their_shortest_text_is()
    {
        var random = new Random(5);
        var shortOnes = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var number = random.Next(3) switch
            {
                0 => Math.Round(random.NextDouble() * 1000, random.Next(9)),
                1 => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 16)),
                _ => random.Next(-1000, 1000),
            };
            if (!Micros.TryShort(number, out var micros))
                continue;
            shortOnes++;
            Assert.Equal(
                DecimalVerdict.Ok,
                Micros.Parse(
                    Encoding.UTF8.GetBytes(number.ToString("R")),
                    Micros.Scale,
                    out var expected,
                    out var exact
                )
            );
            Assert.True(exact);
            Assert.Equal(expected, micros);
        }

        Assert.True(shortOnes > 50_000);
    }
}
