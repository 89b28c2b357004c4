namespace AdvertiseX.Server.Access;

/// <summary>A key of a lake.</summary>
/// <param name="Key">The key.</param>
/// <param name="IsRevoked">Whether it counts no more.</param>
internal readonly record struct KeptKey(CollectorKey Key, bool IsRevoked);
