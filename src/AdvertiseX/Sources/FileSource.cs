using AdvertiseX.Compression;
using AdvertiseX.Contracts;
using AdvertiseX.Framing;

namespace AdvertiseX.Sources;

/// <summary>A file that holds one feed: a bounded source, whose content tells where to go on with it.</summary>
/// <param name="Path">Absolute path; the stream's name begins with it.</param>
/// <param name="Format">Format of the decompressed content.</param>
/// <param name="Compression">How the file is compressed.</param>
/// <param name="Contract">How its fields map.</param>
/// <param name="SizeBytes">Size on disk when it was found.</param>
public sealed record FileSource(
    string Path,
    WireFormat Format,
    CompressionFormat Compression,
    CompiledContract Contract,
    long SizeBytes
) : ISource
{
    string IEventStream.Name => Path;

    bool IEventStream.IsEndless => false;

    ISourceReader ISource.Open(StreamStart start, FramerOptions options) => new FileReader(this, start, options);

    // Whoever reads the file again knows it by its content; there is nobody to tell.
    ValueTask IEventStream.CommittedAsync(long next, CancellationToken cancellation) => ValueTask.CompletedTask;
}
