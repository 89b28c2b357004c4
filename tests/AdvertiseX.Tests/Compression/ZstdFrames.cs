using System.Buffers.Binary;

namespace AdvertiseX.Tests.Compression;

/// <summary>Zstd frames made by hand (RFC 8878, section 3.1), of one raw block and without a checksum.</summary>
internal static class ZstdFrames
{
    private static readonly byte[] s_magic = [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>A frame that asks for a window of 2^<paramref name="log"/> bytes and so many eighths of it
    /// more.</summary>
    public static byte[] OfWindow(int log, int eighths, ReadOnlySpan<byte> content) =>
        [.. s_magic, 0, (byte)(((log - 10) << 3) | eighths), .. RawBlock(content)];

    /// <summary>A frame in one segment, whose window is its claimed content.</summary>
    public static byte[] OfContent(ulong claimed, ReadOnlySpan<byte> content)
    {
        var size = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(size, claimed);
        return [.. s_magic, 0xE0, .. size, .. RawBlock(content)];
    }

    public static byte[] Skippable(int length) => [0x5C, 0x2A, 0x4D, 0x18, (byte)length, 0, 0, 0, .. new byte[length]];

    private static byte[] RawBlock(ReadOnlySpan<byte> content) => [(byte)(1 | (content.Length << 3)), 0, 0, .. content];
}
