using AdvertiseX.Compression;
using AdvertiseX.Contracts;

namespace AdvertiseX.Sources;

/// <summary>A file that holds one feed.</summary>
/// <param name="Path">Absolute path; the stream's name begins with it.</param>
/// <param name="Format">Format of the decompressed content.</param>
/// <param name="Compression">How the file is compressed.</param>
/// <param name="Contract">How its fields map.</param>
/// <param name="SizeBytes">Size on disk when it was found.</param>
public sealed record FileSource(
    string Path, WireFormat Format, CompressionFormat Compression, CompiledContract Contract, long SizeBytes);
