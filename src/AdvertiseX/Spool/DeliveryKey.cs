using System.IO.Hashing;
using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>What is remembered of a delivery with a key.</summary>
/// <param name="Key">Hash of the key.</param>
/// <param name="Content">Hash of feed, format and body.</param>
internal readonly record struct DeliveryKey(UInt128 Key, ulong Content)
{
    private const int MostFormats = 256;

    /// <param name="key">The key, UTF-8.</param>
    /// <param name="feed">The feed.</param>
    /// <param name="format">Format of the body.</param>
    /// <param name="body">The body.</param>
    public static DeliveryKey Of(ReadOnlySpan<byte> key, Feed feed, MessageFormat format, ReadOnlySpan<byte> body) =>
        new(XxHash128.HashToUInt128(key), XxHash3.HashToUInt64(body, ((long)feed * MostFormats) + (long)format));
}
