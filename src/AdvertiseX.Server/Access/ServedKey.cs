namespace AdvertiseX.Server.Access;

/// <summary>A key in a server.</summary>
/// <param name="Key">The key.</param>
/// <param name="Rate">What it may send; null for no limit.</param>
internal sealed record ServedKey(CollectorKey Key, RequestRate? Rate);
