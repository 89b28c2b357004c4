using AdvertiseX.Tests.Compression;
using Avro.File;
using ICSharpCode.SharpZipLib.BZip2;

namespace AdvertiseX.Tests.Decoding.Avro;

/// <summary>The codecs of the specification that Apache's library leaves to others.</summary>
internal sealed class OtherCodec(string name, Func<byte[], byte[]> pack, Func<byte[], byte[]> unpack) : Codec
{
    /// <summary>Null for the codecs that the library has.</summary>
    public static OtherCodec? Of(string name) =>
        name switch
        {
            "snappy" => new(name, Snap, Unsnap),
            "zstandard" => new(name, Zstd, bytes => new ZstdSharp.Decompressor().Unwrap(bytes).ToArray()),
            "bzip2" => new(
                name,
                Bzip2,
                bytes => Through(bytes, (from, to) => ICSharpCode.SharpZipLib.BZip2.BZip2.Decompress(from, to, false))
            ),
            _ => null,
        };

    public override byte[] Compress(byte[] uncompressedData) => pack(uncompressedData);

    public override void Compress(MemoryStream inputStream, MemoryStream outputStream)
    {
        outputStream.SetLength(0);
        outputStream.Write(pack(inputStream.ToArray()));
    }

    public override byte[] Decompress(byte[] compressedData, int length) => unpack(compressedData[..length]);

    public override string GetName() => name;

    public override bool Equals(object? other) => other is OtherCodec codec && codec.GetName() == name;

    public override int GetHashCode() => name.GetHashCode(StringComparison.Ordinal);

    private static byte[] Snap(byte[] bytes) => PlainSnappy.WithChecksum(Snappier.Snappy.CompressToArray(bytes), bytes);

    private static byte[] Unsnap(byte[] bytes) =>
        PlainSnappy.Decompress(bytes.AsSpan()[..^4]) ?? throw new InvalidDataException("a damaged block");

    private static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor(3);
        compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor.Wrap(bytes).ToArray();
    }

    private static byte[] Bzip2(byte[] bytes) =>
        Through(bytes, (from, to) => ICSharpCode.SharpZipLib.BZip2.BZip2.Compress(from, to, false, 1));

    private static byte[] Through(byte[] bytes, Action<Stream, Stream> way)
    {
        using var from = new MemoryStream(bytes);
        using var to = new MemoryStream();
        way(from, to);
        return to.ToArray();
    }
}
