using System.Buffers.Binary;

namespace AdvertiseX.Tests.Compression;

/// <summary>Raw Snappy by its description (google/snappy, format_description.txt), element by element with every bound
/// checked; shares nothing with the product.</summary>
internal static class PlainSnappy
{
    /// <summary>The plain bytes; null if the block is not what the description allows.</summary>
    public static byte[]? Decompress(ReadOnlySpan<byte> block)
    {
        var at = 0;
        if (Length(block, ref at) is not { } length || length > 64L * block.Length)
            return null;
        var output = new byte[length];
        var to = 0;
        while (at < block.Length)
        {
            var tag = block[at++];
            var taken =
                (tag & 3) == 0 ? Literal(block, ref at, tag, output.AsSpan(to)) : Copy(block, ref at, tag, output, to);
            if (taken <= 0)
                return null;
            to += taken;
        }

        return to == output.Length ? output : null;
    }

    /// <summary>CRC-32 of ISO 3309, bit by bit.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }

        return ~crc;
    }

    /// <summary>A raw block with the checksum of some bytes behind it, as Avro has it.</summary>
    public static byte[] WithChecksum(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> plain)
    {
        var block = new byte[raw.Length + 4];
        raw.CopyTo(block);
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(raw.Length), Checksum(plain));
        return block;
    }

    private static long? Length(ReadOnlySpan<byte> block, ref int at)
    {
        long value = 0;
        for (var shift = 0; shift < 35 && at < block.Length; shift += 7)
        {
            var b = block[at++];
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }

        return null;
    }

    private static int Literal(ReadOnlySpan<byte> block, ref int at, byte tag, Span<byte> output)
    {
        long length = tag >> 2;
        if (length >= 60)
        {
            var bytes = (int)length - 59;
            if (block.Length - at < bytes)
                return 0;
            length = Number(block.Slice(at, bytes));
            at += bytes;
        }

        length++;
        if (length > block.Length - at || length > output.Length)
            return 0;
        block.Slice(at, (int)length).CopyTo(output);
        at += (int)length;
        return (int)length;
    }

    private static int Copy(ReadOnlySpan<byte> block, ref int at, byte tag, byte[] output, int to)
    {
        var bytes = (tag & 3) == 3 ? 4 : tag & 3;
        if (block.Length - at < bytes)
            return 0;
        var offset = Number(block.Slice(at, bytes)) | (bytes == 1 ? (long)(tag & 0xE0) << 3 : 0);
        var length = bytes == 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
        at += bytes;
        if (offset == 0 || offset > to || length > output.Length - to)
            return 0;
        for (var i = to; i < to + length; i++)
            output[i] = output[i - offset];
        return length;
    }

    private static long Number(ReadOnlySpan<byte> bytes)
    {
        long value = 0;
        for (var i = 0; i < bytes.Length; i++)
            value |= (long)bytes[i] << (8 * i);
        return value;
    }
}
