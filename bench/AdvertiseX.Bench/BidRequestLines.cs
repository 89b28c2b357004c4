using AdvertiseX.Compression;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;

namespace AdvertiseX.Bench;

/// <summary>
/// Writes the records of Avro files as lines of JSON, for peers that cannot read Avro here. Blocks that are damaged are
/// left out and counted.
/// </summary>
internal static unsafe class BidRequestLines
{
    /// <summary>Returns the damaged blocks.</summary>
    public static int Write(IEnumerable<string> avroFiles, string folder)
    {
        Directory.CreateDirectory(folder);
        var damaged = 0;
        foreach (var file in avroFiles)
        {
            using var lines = new FileStream(
                Path.Combine(folder, Path.GetFileNameWithoutExtension(file) + ".ndjson"),
                FileMode.Create,
                FileAccess.Write,
                FileShare.None,
                1 << 20
            );
            using var framer = new AvroFramer(File.OpenRead(file), new FramerOptions());
            AvroJsonReader? reader = null;
            using var decompressor = new BlockDecompressor();
            while (framer.Next() is { } block)
            {
                using (block)
                {
                    if (block.Records is not { } spans)
                        continue;
                    reader ??= new AvroJsonReader(framer.Header!.Schema);
                    for (var i = 0; i < spans.Count; i++)
                    {
                        var bytes = new ReadOnlySpan<byte>(block.Bytes + spans[i].Start, spans[i].Length);
                        if (spans[i].Damaged || !Container(bytes, framer.Header!.Codec, decompressor, reader, lines))
                            damaged++;
                    }
                }
            }
        }

        return damaged;
    }

    private static bool Container(
        ReadOnlySpan<byte> bytes,
        BlockCodec codec,
        BlockDecompressor decompressor,
        AvroJsonReader reader,
        Stream lines
    )
    {
        long count = Long(ref bytes),
            size = Long(ref bytes);
        var data = bytes[..(int)size];
        if (codec != BlockCodec.Null)
        {
            if (decompressor.Decompress(codec, data, AvroBlockDecoder.MaxDecompressedBytes) != DecompressionResult.Ok)
                return false;
            data = new ReadOnlySpan<byte>(decompressor.Output, decompressor.OutputLength);
        }

        for (long i = 0; i < count; i++)
        {
            if (reader.Read(data, out var length) != AvroFault.None)
                return false;
            lines.Write(reader.Json);
            lines.WriteByte((byte)'\n');
            data = data[length..];
        }

        return true;
    }

    private static long Long(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        var at = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                break;
        }

        bytes = bytes[at..];
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
