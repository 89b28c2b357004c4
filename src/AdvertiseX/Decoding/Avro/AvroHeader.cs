using System.Text;
using System.Text.Unicode;
using AdvertiseX.Compression;

namespace AdvertiseX.Decoding.Avro;

/// <summary>The header of an Avro object container file (specification 1.12, "Object Container Files").
/// Immutable.</summary>
internal sealed class AvroHeader
{
    /// <summary>The longest header that is read.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Bytes of the marker that ends the header and every block.</summary>
    public const int SyncBytes = 16;

    private AvroHeader(AvroSchema schema, byte[] schemaJson, BlockCodec codec, byte[] sync, int length)
    {
        Schema = schema;
        SchemaJson = schemaJson;
        Codec = codec;
        Sync = sync;
        Length = length;
    }

    /// <summary>What the file was written with.</summary>
    public AvroSchema Schema { get; }

    /// <summary>The schema's text as the file gives it, UTF-8.</summary>
    public ReadOnlyMemory<byte> SchemaJson { get; }

    public BlockCodec Codec { get; }

    /// <summary>The file's sync marker.</summary>
    public ReadOnlyMemory<byte> Sync { get; }

    /// <summary>Bytes from the file's start to its first block.</summary>
    public int Length { get; }

    /// <summary>Whether content begins as an Avro object container file does.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> head) => head.StartsWith("Obj\x01"u8);

    /// <summary>Reads a header from a file's first bytes.</summary>
    /// <param name="bytes">As many as there are at hand.</param>
    /// <param name="header">Set if complete.</param>
    /// <param name="problem">What is wrong, if broken; fit to be shown.</param>
    public static unsafe AvroHeaderState Read(ReadOnlySpan<byte> bytes, out AvroHeader? header, out string problem)
    {
        header = null;
        problem = "";
        if (!HasMagic(bytes))
        {
            problem = "the content does not begin as an Avro object container file (Obj, 01)";
            return bytes.Length < 4 && "Obj\x01"u8.StartsWith(bytes)
                ? AvroHeaderState.NeedsMore
                : AvroHeaderState.Broken;
        }

        fixed (byte* start = bytes)
        {
            var cursor = new AvroCursor(start + 4, start + Math.Min(bytes.Length, MaxBytes), long.MaxValue);
            byte[] schema = [];
            byte[] codec = [];
            while (cursor.Count(2, out _) is > 0 and var count)
            {
                for (long i = 0; i < count && cursor.Fault == AvroFault.None; i++)
                    Entry(ref cursor, ref schema, ref codec);
            }

            var sync = cursor.Take(SyncBytes);
            if (sync is not null)
                return Made(
                    schema,
                    codec,
                    new ReadOnlySpan<byte>(sync, SyncBytes),
                    (int)(cursor.At - start),
                    out header,
                    out problem
                );
            problem = $"the Avro header is damaged ({cursor.Fault})";
            return cursor.Fault == AvroFault.Truncated && bytes.Length < MaxBytes
                ? AvroHeaderState.NeedsMore
                : AvroHeaderState.Broken;
        }
    }

    private static unsafe void Entry(ref AvroCursor cursor, ref byte[] schema, ref byte[] codec)
    {
        var key = cursor.Bytes(out var keyLength);
        var name = new ReadOnlySpan<byte>(key, keyLength);
        var value = cursor.Bytes(out var valueLength);
        if (cursor.Fault != AvroFault.None)
            return;
        if (name.SequenceEqual("avro.schema"u8))
            schema = new ReadOnlySpan<byte>(value, valueLength).ToArray();
        else if (name.SequenceEqual("avro.codec"u8))
            codec = new ReadOnlySpan<byte>(value, valueLength).ToArray();
    }

    private static AvroHeaderState Made(
        byte[] schemaJson,
        byte[] codecName,
        ReadOnlySpan<byte> sync,
        int length,
        out AvroHeader? header,
        out string problem
    )
    {
        header = null;
        if (!BlockCodecNames.TryParse(codecName, out var codec))
        {
            problem =
                $"the codec is '{Encoding.UTF8.GetString(codecName)}'; known are {string.Join(", ", BlockCodecNames.All)}";
            return AvroHeaderState.Broken;
        }

        problem = "the schema in the Avro header is no UTF-8";
        if (!Utf8.IsValid(schemaJson) || !AvroSchema.TryParse(schemaJson, out var schema, out problem))
            return AvroHeaderState.Broken;

        header = new AvroHeader(schema, schemaJson, codec, sync.ToArray(), length);
        return AvroHeaderState.Complete;
    }
}
