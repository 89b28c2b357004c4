namespace AdvertiseX.Lake;

/// <summary>Filters that are described in an object of their own, which is never written again. Immutable.</summary>
/// <param name="Key">The object's key in the store.</param>
/// <param name="Filters">The filters, the oldest rows first.</param>
internal sealed record FilterList(string Key, IReadOnlyList<KeyFilter> Filters);
