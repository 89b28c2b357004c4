using AdvertiseX.Compression;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;
using AdvertiseX.Framing.Csv;
using AdvertiseX.Framing.Json;

namespace AdvertiseX.Sources;

/// <summary>Opens the content of files, and the framer of their format over it.</summary>
internal static class SourceReader
{
    private const int ReadAheadBytes = 1 << 20;

    /// <summary>The decompressed content from its start; the caller disposes it.</summary>
    public static Stream OpenContent(FileSource source)
    {
        var file = new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
            source.Compression == CompressionFormat.None ? 0 : ReadAheadBytes, FileOptions.SequentialScan);
        return Decompression.Open(file, source.Compression);
    }

    /// <summary>A framer over a file's content; it owns the file.</summary>
    public static IFramer Open(FileSource source, FramerOptions options)
    {
        var content = OpenContent(source);
        try
        {
            return source.Format switch
            {
                WireFormat.Json => new JsonFramer(content, options),
                WireFormat.Csv => new CsvFramer(content, options, source.Contract),
                WireFormat.Avro => new AvroFramer(content, options),
                _ => throw new ArgumentOutOfRangeException(nameof(source)),
            };
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }
}
