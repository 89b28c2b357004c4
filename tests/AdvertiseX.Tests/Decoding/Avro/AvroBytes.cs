using System.Text;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>Writes Avro's binary encoding by hand.</summary>
internal sealed class AvroBytes
{
    private readonly List<byte> _bytes = [];

    public static readonly byte[] Sync = [.. Enumerable.Range(200, 16).Select(i => (byte)i)];

    public byte[] ToArray() => [.. _bytes];

    public AvroBytes Long(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7)
            _bytes.Add((byte)(rest | 0x80));
        _bytes.Add((byte)rest);
        return this;
    }

    public AvroBytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public AvroBytes Bytes(ReadOnlySpan<byte> bytes) => Long(bytes.Length).Raw(bytes);

    public AvroBytes Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public AvroBytes Double(double value) => Raw(BitConverter.GetBytes(value));

    public AvroBytes Float(float value) => Raw(BitConverter.GetBytes(value));

    /// <summary>A container file of one schema; each block is a count and its data.</summary>
    public static byte[] File(string schema, string codec, params (long Count, byte[] Data)[] blocks)
    {
        var file = new AvroBytes()
            .Raw("Obj\x01"u8)
            .Long(2)
            .Text("avro.schema")
            .Text(schema)
            .Text("avro.codec")
            .Text(codec)
            .Long(0)
            .Raw(Sync);
        foreach (var (count, data) in blocks)
            file.Long(count).Bytes(data).Raw(Sync);
        return file.ToArray();
    }
}
