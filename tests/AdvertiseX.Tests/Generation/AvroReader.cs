using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AdvertiseX.Tests.Compression;

namespace AdvertiseX.Tests.Generation;

internal sealed record ParsedBid(
    string File,
    long BlockOffset,
    int Ordinal,
    string Auction,
    long Time,
    string? User,
    string? Placement,
    string? Campaign,
    string? Creative,
    decimal Floor,
    double? Bid,
    double? Clearing,
    bool? Won,
    string Currency,
    string Country,
    byte[] Raw
);

/// <summary>
/// A plain reader of the generated bid requests, by the Avro specification and for this schema alone; shares nothing
/// with the product. A block that does not read is reported by its offset.
/// </summary>
internal sealed class AvroReader(string name, byte[] content)
{
    private readonly byte[] _file = content;
    private byte[] _data = content;
    private int _at;

    public List<ParsedBid> Bids { get; } = [];

    public List<long> DamagedBlocks { get; } = [];

    public AvroReader Read()
    {
        Assert.Equal("Obj\u0001", Encoding.ASCII.GetString(Take(4)));
        var codec = "null";
        for (var left = ReadLong(); left > 0; left--)
        {
            var (key, value) = (ReadText(), ReadText());
            if (key == "avro.codec")
                codec = value;
        }

        Assert.Equal(0, ReadLong());
        var sync = Take(16).ToArray();
        while (_at < _file.Length)
            ReadBlock(codec, sync);
        return this;
    }

    private void ReadBlock(string codec, byte[] sync)
    {
        var offset = _at;
        var (count, size) = (ReadLong(), ReadLong());
        var payload = Take((int)size).ToArray();
        var end = _at + 16;
        var good = Take(16).SequenceEqual(sync);
        var read = Bids.Count;
        try
        {
            _data = codec switch
            {
                "snappy" => Unsnap(payload),
                "deflate" => Inflate(payload),
                _ => payload,
            };
            _at = 0;
            for (var ordinal = 0; good && ordinal < count; ordinal++)
                Bids.Add(ReadBid(offset, ordinal));
            good &= _at == _data.Length;
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException or IndexOutOfRangeException)
        {
            good = false;
        }

        if (!good)
        {
            DamagedBlocks.Add(offset);
            Bids.RemoveRange(read, Bids.Count - read);
        }

        (_data, _at) = (_file, end);
    }

    private ParsedBid ReadBid(long block, int ordinal)
    {
        var start = _at;
        var (auction, time, user, placement) = (ReadText(), ReadLong(), Optional(), Optional());
        _ = Optional();
        var (campaign, creative) = (Optional(), Optional());
        var floor = ReadLong() == 0 ? 0 : Decimal(Take((int)ReadLong()));
        var (bid, clearing, currency) = (OptionalDouble(), OptionalDouble(), ReadText());
        bool? won = ReadLong() == 0 ? null : Take(1)[0] == 1;
        Assert.InRange(ReadLong(), 0, 4);
        _ = (Optional(), Optional());
        Assert.Equal(1, ReadLong());
        var country = ReadText();
        _ = Optional();
        for (var i = 0; i < 2; i++)
            _ = ReadLong() == 1 ? Take(4).Length : 0;
        ReadTargeting();
        return new ParsedBid(
            name,
            block,
            ordinal,
            auction,
            time,
            user,
            placement,
            campaign,
            creative,
            floor,
            bid,
            clearing,
            won,
            currency,
            country,
            _data[start.._at]
        );
    }

    private void ReadTargeting()
    {
        for (var count = ReadLong(); count != 0; count = ReadLong())
        {
            for (; count > 0; count--)
                _ = ReadText();
        }

        for (var count = ReadLong(); count != 0; count = ReadLong())
        {
            for (; count > 0; count--)
            {
                _ = ReadText();
                switch (ReadLong())
                {
                    case 1:
                        _ = ReadText();
                        break;
                    case 2:
                        _ = ReadLong();
                        break;
                    default:
                        throw new InvalidDataException("unexpected branch");
                }
            }
        }
    }

    private static decimal Decimal(ReadOnlySpan<byte> bytes)
    {
        long value = (sbyte)bytes[0];
        foreach (var next in bytes[1..])
            value = (value << 8) | next;
        return value / 1_000_000m;
    }

    private string? Optional() =>
        ReadLong() switch
        {
            0 => null,
            1 => ReadText(),
            _ => throw new InvalidDataException("unexpected branch"),
        };

    private double? OptionalDouble() => ReadLong() == 0 ? null : BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    private string ReadText() => Encoding.UTF8.GetString(Take((int)ReadLong()));

    private long ReadLong()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (shift > 63)
                throw new InvalidDataException("an integer does not end");
            var next = _data[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var bytes = _data.AsSpan(_at, count);
        _at += count;
        return bytes;
    }

    private static byte[] Inflate(byte[] payload)
    {
        using var source = new DeflateStream(new MemoryStream(payload), CompressionMode.Decompress);
        using var target = new MemoryStream();
        source.CopyTo(target);
        return target.ToArray();
    }

    public static byte[] Unsnap(byte[] payload)
    {
        if (
            payload.Length < 4
            || PlainSnappy.Decompress(payload.AsSpan()[..^4]) is not { } plain
            || BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan()[^4..]) != PlainSnappy.Checksum(plain)
        )
            throw new InvalidDataException("length or checksum differ");
        return plain;
    }
}
