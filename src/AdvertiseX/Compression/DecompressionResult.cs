namespace AdvertiseX.Compression;

/// <summary>What became of a block.</summary>
internal enum DecompressionResult
{
    Ok,

    /// <summary>The bytes are not what the codec writes: damaged, truncated, or a checksum that differs.</summary>
    Damaged,

    /// <summary>The block decompresses to more than the limit.</summary>
    TooLarge,
}
