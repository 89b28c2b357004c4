using System.Text;
using System.Text.Json;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Validation;

namespace AdvertiseX.Tests.Validation;

public class ExtraJsonTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1.0, "1")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(40.4168, "40.4168")]
    [InlineData(-3.70379, "-3.70379")]
    [InlineData(123456789.25, "123456789.25")]
    [InlineData(double.NaN, "\"NaN\"")]
    public void Numbers_are_their_shortest_text(double number, string expected) => Assert.Equal($$"""{"n":{{expected}}}""", Render(number));

    [Fact]
    public void Any_number_reads_back_the_same()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            double number = Math.Round((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-4, 12)), random.Next(10));
            Assert.Equal(number, JsonDocument.Parse(Render(number)).RootElement.GetProperty("n").GetDouble());
        }
    }

    private static string Render(double number)
    {
        using var record = new RecordSlots(ContractFile.ShippedFor(Feed.BidRequests));
        using var extra = new ExtraJson();
        var slot = default(Slot);
        slot.SetReal(0, number);
        record.AddUnmapped(record.UnmappedName("n"u8), slot);
        return Encoding.UTF8.GetString(extra.Render(record));
    }
}
