namespace AdvertiseX.Compression;

/// <summary>How a whole file is compressed, told from its first bytes.</summary>
public enum CompressionFormat
{
    None,

    /// <summary>RFC 1952; members may follow one another.</summary>
    Gzip,

    /// <summary>RFC 8878; frames may follow one another, skippable ones too.</summary>
    Zstd,

    /// <summary>bzip2; streams may follow one another.</summary>
    Bzip2,

    /// <summary>The .xz container of LZMA2; streams may follow one another.</summary>
    Xz,
}
