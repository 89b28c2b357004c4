using System.Text.Json;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>The real Avro files beside the repository; tests that need them skip visibly where they are absent.</summary>
internal static class AvroVectors
{
    public static string? Folder { get; } = Find();

    public static byte[] Bytes(string name)
    {
        Assert.SkipWhen(Folder is null, "the folder shared beside the repository is absent");
        return File.ReadAllBytes(Path.Combine(Folder!, name));
    }

    public static List<JsonElement> Lines(string name) =>
        [.. System.Text.Encoding.UTF8.GetString(Bytes(name)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonDocument.Parse(l).RootElement)];

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

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "avro");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
