using System.Text;
using System.Text.Json;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;
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
    public void Numbers_are_their_shortest_text(double number, string expected) =>
        Assert.Equal($$"""{"n":{{expected}}}""", Render(number));

    [Fact]
    public void Any_number_reads_back_the_same()
    {
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var number = Math.Round((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-4, 12)), random.Next(10));
            Assert.Equal(number, JsonDocument.Parse(Render(number)).RootElement.GetProperty("n").GetDouble());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public unsafe void Any_record_is_as_by_the_plain_writer(int seed)
    {
        var random = new Random(seed);
        using var record = new RecordSlots(ContractFile.ShippedFor(Feed.BidRequests));
        using var other = new RecordSlots(ContractFile.ShippedFor(Feed.BidRequests));
        var extra = new ExtraJson();
        using var plain = new PlainExtraJson();
        var shape = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var at = round % 500 < 30 ? other : record;
            at.Clear();
            if (random.Next(3) == 0)
                shape = random.Next();
            var names = new Random(shape);
            for (var i = names.Next(20) == 0 ? 100 : names.Next(6); i > 0; i--)
            {
                string name = new(RandomText(names, 5));
                at.AddUnmapped(at.UnmappedName(Encoding.UTF8.GetBytes(name)), RandomSlot(random, at.Scratch));
            }

            Assert.Equal(Encoding.UTF8.GetString(plain.Render(at)), Encoding.UTF8.GetString(extra.Render(at)));
        }
    }

    private static unsafe Slot RandomSlot(Random random, ScratchMemory scratch)
    {
        var slot = default(Slot);
        switch (random.Next(9))
        {
            case 0:
                slot.Kind = SlotKind.Null;
                break;
            case 1:
                slot.Kind = random.Next(2) == 0 ? SlotKind.True : SlotKind.False;
                break;
            case 2:
                slot.SetInteger(
                    random.Next(2) == 0 ? SlotKind.Integer : SlotKind.TimestampMicros,
                    0,
                    random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64)
                );
                break;
            case 3:
                slot.SetReal(0, Math.Round((random.NextDouble() - 0.5) * 1000, random.Next(8)));
                break;
            case 4:
                slot.SetReal(0, (float)random.Next(40) * 1.1f);
                break;
            case 5:
                slot.SetReal(0, BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
                break;
            case 6:
                Put(ref slot, SlotKind.Json, "[1, {\"a\":null}]", scratch);
                break;
            default:
                Put(ref slot, SlotKind.Text, new(RandomText(random, random.Next(10) == 0 ? 3000 : 40)), scratch);
                break;
        }

        return slot;
    }

    private static unsafe void Put(ref Slot slot, SlotKind kind, string text, ScratchMemory scratch)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var kept = scratch.Take(bytes.Length);
        bytes.CopyTo(new Span<byte>(kept, bytes.Length));
        slot.SetText(kind, 0, kept, bytes.Length);
    }

    private static char[] RandomText(Random random, int longest)
    {
        var text = new char[random.Next(longest)];
        var kind = random.Next(4);
        for (var i = 0; i < text.Length; i++)
            text[i] =
                kind > 1 ? (char)random.Next('a', 'e')
                : kind == 1 ? (char)random.Next(128)
                : (char)random.Next(0x20, 0x3000);
        return text;
    }

    private static string Render(double number)
    {
        using var record = new RecordSlots(ContractFile.ShippedFor(Feed.BidRequests));
        var extra = new ExtraJson();
        var slot = default(Slot);
        slot.SetReal(0, number);
        record.AddUnmapped(record.UnmappedName("n"u8), slot);
        return Encoding.UTF8.GetString(extra.Render(record));
    }
}
