using System.Text;
using AdvertiseX.Compression;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>Runs framer and decoder over bytes.</summary>
internal static class AvroDecoding
{
    public static CompiledContract Contract(string fields, string? explode = null) =>
        ContractFile.Parse(
            $$"""{"name":"t","feed":"bid_requests","fields":{{fields}}{{(explode is null ? "" : $",\"explode\":\"{explode}\"")}}}""",
            "test"
        );

    public static SlotRecorder Decode(
        byte[] file,
        CompiledContract contract,
        FramerOptions? options = null,
        AvroSchema? reader = null,
        bool fast = true
    )
    {
        var recorder = new SlotRecorder(contract);
        using var framer = new AvroFramer(new MemoryStream(file), options ?? new FramerOptions(), reader);
        AvroBlockDecoder? decoder = null;
        var next = options?.StartAt ?? 0;
        while (framer.Next() is { } block)
        {
            Assert.Equal(next, block.From);
            next = block.Next;
            decoder ??= fast
                ? (AvroBlockDecoder)framer.CreateDecoder(contract)
                : new AvroBlockDecoder(framer.Header, contract, (options ?? new FramerOptions()).MaxRecordBytes, reader)
                {
                    Fast = false,
                };
            decoder.DecodeInto(block, recorder.AsSink());
            block.Dispose();
        }

        decoder?.Dispose();
        Assert.Equal(Math.Max(next, file.Length), next);
        return recorder;
    }

    public static AvroSchema Schema(string json) => AvroSchema.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>One datum as JSON, or the fault.</summary>
    public static string Json(AvroSchema writer, AvroSchema? reader, byte[] datum)
    {
        var json = new AvroJsonReader(writer, reader);
        var fault = json.Read(datum, out var length);
        if (fault != AvroFault.None)
            return fault.ToString();
        Assert.Equal(datum.Length, length);
        return Encoding.UTF8.GetString(json.Json);
    }

    public static string Json(string writer, byte[] datum) => Json(Schema(writer), null, datum);

    public static string Json(string writer, string reader, byte[] datum) =>
        Json(Schema(writer), Schema(reader), datum);

    /// <summary>The data of all blocks of a container file, decompressed.</summary>
    public static byte[] Uncompressed(byte[] file, out AvroHeader header)
    {
        Assert.Equal(AvroHeaderState.Complete, AvroHeader.Read(file, out var read, out _));
        header = read!;
        using var data = new MemoryStream();
        using var decompressor = new BlockDecompressor();
        var at = header.Length;
        while (at < file.Length)
        {
            ReadLong(file, ref at);
            var size = (int)ReadLong(file, ref at);
            Assert.Equal(DecompressionResult.Ok, decompressor.Decompress(header.Codec, file.AsSpan(at, size), 1 << 26));
            data.Write(decompressor.OutputSpan);
            at += size + AvroHeader.SyncBytes;
        }

        return data.ToArray();
    }

    private static long ReadLong(byte[] bytes, ref int at)
    {
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[at++];
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80)
                return (value >> 1) ^ -(value & 1);
        }
    }
}
