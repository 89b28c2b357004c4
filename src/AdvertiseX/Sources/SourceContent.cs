using AdvertiseX.Compression;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;
using AdvertiseX.Framing.Csv;
using AdvertiseX.Framing.Json;

namespace AdvertiseX.Sources;

/// <summary>Opens the content of files, and the framer of their format over it.</summary>
internal static class SourceContent
{
    private const int ReadAheadBytes = 1 << 20;

    /// <summary>The decompressed content from its start; the caller disposes it.</summary>
    public static Stream OpenContent(FileSource source)
    {
        var file = new FileStream(
            source.Path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            source.Compression == CompressionFormat.None ? 0 : ReadAheadBytes,
            FileOptions.SequentialScan
        );
        return Decompression.Open(file, source.Compression);
    }

    /// <summary>A framer over content; disposing it does not always dispose the content.</summary>
    public static IFramer Frame(FileSource source, Stream content, FramerOptions options) =>
        source.Format switch
        {
            WireFormat.Json => new JsonFramer(content, options),
            WireFormat.Csv => new CsvFramer(content, options, source.Contract),
            WireFormat.Avro => new AvroFramer(content, options),
            _ => throw new ArgumentOutOfRangeException(nameof(source)),
        };

    /// <summary>Passes over the first bytes, by seeking where the content can.</summary>
    public static void Skip(Stream content, long bytes)
    {
        if (content.CanSeek)
        {
            content.Position = bytes;
            return;
        }

        var passed = new byte[64 << 10];
        while (bytes > 0)
        {
            var read = content.Read(passed, 0, (int)Math.Min(passed.Length, bytes));
            if (read == 0)
                return;
            bytes -= read;
        }
    }
}
