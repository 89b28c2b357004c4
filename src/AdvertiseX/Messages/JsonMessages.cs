using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Json;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Json;

namespace AdvertiseX.Messages;

/// <summary>
/// JSON messages: one object, objects one a line or one after another, an array of them, or Kafka Connect's envelope of
/// any of these. Not thread-safe.
/// </summary>
internal sealed unsafe class JsonMessages(CompiledContract contract, FramerOptions options) : IDisposable
{
    private readonly JsonBlockDecoder _decoder = new(contract, options.MaxRecordBytes);

    public void Decode(byte* message, int length, bool utf8, MessageSink sink)
    {
        var end = message + length;
        var start = JsonText.SkipWhite(length >= 3 && *message == 0xEF ? message + 3 : message, end);
        while (end > start && end[-1] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            end--;
        if (start >= end)
            TextRejects.Unparseable(sink, message, length, 0, "a record"u8, "white space"u8);
        else if (ConnectEnvelope.TryOpen(ref start, ref end) && IsNull(start, end))
            return;
        else if (*start == '{' && !new ReadOnlySpan<byte>(start, (int)(end - start)).Contains((byte)'\n'))
            _decoder.Record(start, end, utf8, sink);
        else if (!TryEach(start, end, utf8, sink, isTrial: true))
            DecodeDamaged(start, (int)(end - start), sink);
        else
            TryEach(start, end, utf8, sink, isTrial: false);
    }

    public void Dispose() => _decoder.Dispose();

    private static bool IsNull(byte* start, byte* end) =>
        new ReadOnlySpan<byte>(start, (int)(end - start)).SequenceEqual("null"u8);

    // False if anything but whole objects and what may stand between them is there.
    private bool TryEach(byte* at, byte* end, bool utf8, MessageSink sink, bool isTrial)
    {
        while ((at = SkipSeparators(at, end)) < end)
        {
            var scan = new ObjectScan();
            if (*at != '{' || scan.Run(at, end) != ObjectScan.Status.Closed)
                return false;
            if (!isTrial)
                _decoder.Record(at, scan.Stopped, utf8, sink);
            at = scan.Stopped;
        }

        return true;
    }

    private static byte* SkipSeparators(byte* at, byte* end)
    {
        while (
            at < end
            && *at is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)',' or (byte)'[' or (byte)']'
        )
            at++;
        return at;
    }

    // As a file of these bytes: whole records around the damage are read.
    private void DecodeDamaged(byte* start, int length, MessageSink sink)
    {
        using var content = new UnmanagedMemoryStream(start, length);
        using var framer = new JsonFramer(
            content,
            options with
            {
                BlockBytes = Math.Max(length + 1, options.BlockBytes),
                StartAt = 0,
            }
        );
        while (framer.Next() is { } block)
            using (block)
                _decoder.DecodeInto(block, sink);
    }
}
