namespace AdvertiseX.Deduplication;

/// <summary>A stored key that a batch has, too.</summary>
/// <param name="Row">How many keys of the file were scanned before it.</param>
/// <param name="Key">The key.</param>
internal readonly record struct KeyHit(long Row, long Key);
