using AdvertiseX.Compression;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;

namespace AdvertiseX.Messages;

/// <summary>The size of an Avro container, whose blocks are compressed by themselves.</summary>
internal static class AvroContainerSize
{
    /// <summary>Unpacks the blocks of a container one after another, as long as they stay within the limit.</summary>
    /// <param name="body">The container; for any other bytes the answer is true.</param>
    /// <param name="most">Bytes that all blocks may unpack to, up to 1 GB.</param>
    /// <returns>Whether they stay within it.</returns>
    public static unsafe bool Fits(ReadOnlyMemory<byte> body, int most)
    {
        if (!AvroHeader.HasMagic(body.Span))
            return true;
        using var pinned = body.Pin();
        using var content = new UnmanagedMemoryStream((byte*)pinned.Pointer, body.Length);
        using var framer = new AvroFramer(content, new FramerOptions { BlockBytes = body.Length + 1 });
        using var unpacked = new BlockDecompressor();
        var left = (long)most;
        while (framer.Next() is { } block)
            using (block)
            {
                if (framer.Header is not { Codec: not BlockCodec.Null } header || block.Records is not { } spans)
                    return true;
                for (var i = 0; i < spans.Count; i++)
                {
                    var span = spans[i];
                    var frame = new AvroCursor(block.Bytes + span.Start, block.Bytes + span.Start + span.Length, 0);
                    frame.Long();
                    var size = frame.Long();
                    var data = span.Damaged ? null : frame.Take(size);
                    if (data is null)
                        continue;
                    var result = unpacked.Decompress(header.Codec, new ReadOnlySpan<byte>(data, (int)size), (int)left);
                    left -= unpacked.OutputLength;
                    if (result == DecompressionResult.TooLarge || left < 0)
                        return false;
                }
            }

        return true;
    }
}
