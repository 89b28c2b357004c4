using AdvertiseX.Keys;

namespace AdvertiseX.Deduplication;

/// <summary>The rows of a batch on one day.</summary>
/// <param name="Day">Days since 1970 UTC.</param>
/// <param name="Keys">Their keys in order.</param>
internal sealed record DayRows(int Day, SortedKeys Keys);
