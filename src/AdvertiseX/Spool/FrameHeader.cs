using System.Buffers.Binary;
using System.IO.Hashing;
using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>
/// The header of a frame. A frame is the header (32 bytes), the key, the body, and a checksum of both (8 bytes).
/// Numbers are little-endian: magic (4), bytes of the body (4), index (8), time of receipt (8), format (1), bytes of
/// the key (1), zero (2), checksum of the header (4). Checksums are XXH3 with the segment's secret as seed, so that
/// bytes of a body never pass for a frame.
/// </summary>
/// <param name="Index">Number of the delivery in its segment, from 0; of the end mark the number of deliveries.</param>
/// <param name="ReceivedMicros">When the delivery was received, microseconds since 1970.</param>
/// <param name="Format">Format of the body.</param>
/// <param name="KeyLength">Bytes of the key; 0 for none.</param>
/// <param name="BodyLength">Bytes of the body.</param>
internal readonly record struct FrameHeader(
    long Index,
    long ReceivedMicros,
    MessageFormat Format,
    int KeyLength,
    int BodyLength
)
{
    public const int Bytes = 32;
    public const int ChecksumBytes = 8;
    public const int MaxBodyBytes = 1 << 30;

    private const byte EndFormat = 0xFF;

    /// <summary>The first bytes of each frame.</summary>
    public static ReadOnlySpan<byte> Magic => "AXF\x01"u8;

    /// <summary>Whether it is the mark behind the last frame of a segment that was ended in order.</summary>
    public bool IsEnd => (byte)Format == EndFormat;

    /// <summary>Bytes of the whole frame.</summary>
    public long FrameBytes => Bytes + (long)KeyLength + BodyLength + ChecksumBytes;

    /// <summary>The mark behind the last frame.</summary>
    public static FrameHeader End(long count, long micros) => new(count, micros, (MessageFormat)EndFormat, 0, 0);

    /// <summary>Checksum of key and body, which lie one after the other.</summary>
    public static ulong ChecksumOf(ReadOnlySpan<byte> content, long index, long secret) =>
        XxHash3.HashToUInt64(content, secret + index);

    public void Write(Span<byte> into, long secret)
    {
        Magic.CopyTo(into);
        BinaryPrimitives.WriteInt32LittleEndian(into[4..], BodyLength);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], Index);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], ReceivedMicros);
        into[24] = (byte)Format;
        into[25] = (byte)KeyLength;
        into[26] = into[27] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(into[28..], (uint)XxHash3.HashToUInt64(into[..28], secret));
    }

    /// <summary>Reads a header; false if the bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, long secret, out FrameHeader header)
    {
        header = default;
        if (from.Length < Bytes || !from.StartsWith(Magic))
            return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(from[28..]) != (uint)XxHash3.HashToUInt64(from[..28], secret))
            return false;
        header = new FrameHeader(
            BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            (MessageFormat)from[24],
            from[25],
            BinaryPrimitives.ReadInt32LittleEndian(from[4..])
        );
        return header is { BodyLength: >= 0 and <= MaxBodyBytes, Index: >= 0 };
    }
}
