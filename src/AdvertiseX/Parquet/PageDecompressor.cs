using AdvertiseX.Compression;

namespace AdvertiseX.Parquet;

/// <summary>Decompresses pages of any writer.</summary>
internal static class PageDecompressor
{
    /// <summary>The codec of that number in parquet.thrift.</summary>
    /// <exception cref="ParquetLayoutException">It is not read here.</exception>
    public static ParquetCodec CodecOf(int codec) =>
        (ParquetCodec)codec is ParquetCodec.Uncompressed or ParquetCodec.Snappy or ParquetCodec.Zstd
            ? (ParquetCodec)codec
            : throw new ParquetLayoutException($"the codec {codec} is not read here");

    /// <summary>Fills <paramref name="plain"/>; false when the bytes are damaged or give another number of
    /// bytes.</summary>
    public static bool TryUnpack(ParquetCodec codec, ReadOnlySpan<byte> stored, Span<byte> plain) =>
        codec == ParquetCodec.Snappy
            ? Snappy.TryDecompressRaw(stored, plain)
            : codec == ParquetCodec.Zstd && Zstd.TryDecompress(stored, plain);

    /// <summary>The plain bytes; valid until the scratch is used again.</summary>
    /// <param name="codec">What <see cref="CodecOf"/> gave.</param>
    /// <param name="stored">The bytes in the file; uncompressed ones are returned as they are.</param>
    /// <param name="plainBytes">How many they are to give.</param>
    /// <param name="scratch">Has the room.</param>
    /// <exception cref="ParquetLayoutException">The bytes are damaged.</exception>
    public static unsafe ReadOnlySpan<byte> Unpack(
        ParquetCodec codec,
        ReadOnlySpan<byte> stored,
        int plainBytes,
        DecodeScratch scratch
    )
    {
        if (codec == ParquetCodec.Uncompressed || stored.IsEmpty)
            return stored;
        var plain = new Span<byte>(scratch.Plain(plainBytes), plainBytes);
        return TryUnpack(codec, stored, plain)
            ? plain
            : throw new ParquetLayoutException("a page cannot be decompressed");
    }
}
