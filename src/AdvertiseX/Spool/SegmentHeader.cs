using System.Buffers.Binary;
using System.IO.Hashing;

namespace AdvertiseX.Spool;

/// <summary>
/// The first 64 bytes of a segment: the same 32 bytes twice, so that either may be damaged. Magic (8), the secret that
/// seeds its checksums (8), when it was begun (8), checksum (8), little-endian.
/// </summary>
/// <param name="Secret">Known to nobody who sends: see <see cref="FrameHeader"/>.</param>
/// <param name="CreatedMicros">When it was begun, microseconds since 1970.</param>
internal readonly record struct SegmentHeader(long Secret, long CreatedMicros)
{
    public const int Bytes = 64;

    private const int Copy = Bytes / 2;

    private static ReadOnlySpan<byte> Magic => "ADXSPL\x01\n"u8;

    public void Write(Span<byte> into)
    {
        Magic.CopyTo(into);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], Secret);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], CreatedMicros);
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], XxHash3.HashToUInt64(into[..24]));
        into[..Copy].CopyTo(into[Copy..]);
    }

    /// <summary>Reads a header; null if both copies are damaged.</summary>
    public static SegmentHeader? Read(ReadOnlySpan<byte> from) =>
        from.Length < Bytes ? null : ReadCopy(from[..Copy]) ?? ReadCopy(from[Copy..Bytes]);

    private static SegmentHeader? ReadCopy(ReadOnlySpan<byte> from) =>
        from.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt64LittleEndian(from[24..]) == XxHash3.HashToUInt64(from[..24])
            ? new(BinaryPrimitives.ReadInt64LittleEndian(from[8..]), BinaryPrimitives.ReadInt64LittleEndian(from[16..]))
            : null;
}
