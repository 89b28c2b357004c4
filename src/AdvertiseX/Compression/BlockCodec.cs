namespace AdvertiseX.Compression;

/// <summary>The codecs of Avro object container files (Avro specification 1.12, "Object Container Files").</summary>
internal enum BlockCodec
{
    /// <summary>Not compressed.</summary>
    Null,

    /// <summary>Raw deflate (RFC 1951), no zlib header.</summary>
    Deflate,

    /// <summary>A raw snappy block, then the big-endian CRC-32 of the uncompressed bytes.</summary>
    Snappy,

    Zstandard,
    Bzip2,
    Xz,
}
