namespace AdvertiseX.Generation;

/// <summary>How the blocks of bid request files are compressed.</summary>
public enum BidCodec
{
    /// <summary>Avro's <c>null</c>.</summary>
    None,

    /// <summary>Avro's <c>snappy</c>, by an encoder of our own: the same bytes everywhere.</summary>
    Snappy,

    /// <summary>Avro's <c>deflate</c>, by the runtime's zlib: the bytes may differ between its versions.</summary>
    Deflate,
}
