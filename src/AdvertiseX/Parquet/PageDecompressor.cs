using AdvertiseX.Compression;

namespace AdvertiseX.Parquet;

/// <summary>Decompresses pages of any writer one after the other. For one thread; dispose it to give memory
/// back.</summary>
internal sealed class PageDecompressor : IDisposable
{
    private readonly BlockDecompressor _zstd = new();
    private byte[] _plain = [];

    /// <summary>The codec of that number in parquet.thrift.</summary>
    /// <exception cref="ParquetLayoutException">It is not read here.</exception>
    public static ParquetCodec CodecOf(int codec) =>
        (ParquetCodec)codec is ParquetCodec.Uncompressed or ParquetCodec.Snappy or ParquetCodec.Zstd
            ? (ParquetCodec)codec
            : throw new ParquetLayoutException($"the codec {codec} is not read here");

    /// <summary>The plain bytes; valid until the next call or Dispose.</summary>
    /// <param name="codec">What <see cref="CodecOf"/> gave.</param>
    /// <param name="stored">The bytes in the file; uncompressed ones are returned as they are.</param>
    /// <param name="plainBytes">How many they are to give.</param>
    /// <exception cref="ParquetLayoutException">The bytes are damaged.</exception>
    public ReadOnlySpan<byte> Unpack(ParquetCodec codec, ReadOnlySpan<byte> stored, int plainBytes)
    {
        if (codec == ParquetCodec.Uncompressed || stored.IsEmpty)
            return stored;
        if (codec == ParquetCodec.Snappy)
        {
            if (_plain.Length < plainBytes)
                _plain = new byte[plainBytes];
            var plain = _plain.AsSpan(0, plainBytes);
            return Snappy.TryDecompressRaw(stored, plain) ? plain : throw Damaged();
        }
        return _zstd.Decompress(BlockCodec.Zstandard, stored, plainBytes) == DecompressionResult.Ok
            ? _zstd.OutputSpan
            : throw Damaged();
    }

    public void Dispose() => _zstd.Dispose();

    private static ParquetLayoutException Damaged() => new("a page cannot be decompressed");
}
