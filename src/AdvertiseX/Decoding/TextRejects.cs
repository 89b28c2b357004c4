using System.Text;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding;

/// <summary>The rejects that text formats share. A reject keeps the record's bytes as they are, at most the first 64 kB
/// of one that is too large.</summary>
internal static unsafe class TextRejects
{
    /// <summary>Bytes kept of a record that is too large.</summary>
    public const int MaxRawBytes = 64 << 10;

    public static void Unparseable<TSink>(
        TSink sink,
        byte* raw,
        int length,
        long offset,
        ReadOnlySpan<byte> expected,
        ReadOnlySpan<byte> found
    )
        where TSink : struct, IRecordSink =>
        sink.Reject(
            new RejectedEvent
            {
                Reason = RejectReason.Unparseable,
                Offset = offset,
                Length = length,
                Raw = new ReadOnlySpan<byte>(raw, length),
                Expected = expected,
                Found = found,
            }
        );

    /// <summary>A block that holds the beginning of one record longer than the limit.</summary>
    public static void TooLarge<TSink>(TSink sink, Block block, long length, int limit)
        where TSink : struct, IRecordSink =>
        TooLarge(
            sink,
            block.Bytes + block.DataFrom,
            block.Length - block.DataFrom,
            length,
            block.From + block.DataFrom,
            limit
        );

    public static void TooLarge<TSink>(TSink sink, byte* raw, int present, long length, long offset, int limit)
        where TSink : struct, IRecordSink =>
        sink.Reject(
            new RejectedEvent
            {
                Reason = RejectReason.TooLarge,
                Offset = offset,
                Length = length,
                Raw = new ReadOnlySpan<byte>(raw, (int)Math.Min(Math.Min(present, MaxRawBytes), length)),
                Expected = Encoding.UTF8.GetBytes($"at most {limit} bytes"),
                Found = Encoding.UTF8.GetBytes($"{length} bytes"),
            }
        );
}
