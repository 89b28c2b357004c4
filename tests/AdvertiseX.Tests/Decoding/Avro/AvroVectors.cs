using System.Text.Json;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>Avro files that another implementation wrote (<c>vectors/avro</c>).</summary>
internal static class AvroVectors
{
    public static byte[] Bytes(string name) => File.ReadAllBytes(Vectors.PathOf(Path.Combine("avro", name)));

    public static List<JsonElement> Lines(string name) =>
        [
            .. System
                .Text.Encoding.UTF8.GetString(Bytes(name))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => JsonDocument.Parse(l).RootElement),
        ];

    /// <summary>Kafka values, each after a 4-byte big-endian length.</summary>
    public static List<byte[]> Messages(string name)
    {
        var messages = new List<byte[]>();
        var bytes = Bytes(name).AsSpan();
        while (bytes.Length > 0)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes);
            messages.Add(bytes.Slice(4, length).ToArray());
            bytes = bytes[(4 + length)..];
        }

        return messages;
    }
}
