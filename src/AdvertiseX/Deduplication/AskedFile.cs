namespace AdvertiseX.Deduplication;

/// <summary>A file of the lake that may hold copies.</summary>
/// <param name="Day">Day of its rows, days since 1970 UTC.</param>
/// <param name="Least">Least time of its events, micros since 1970 UTC.</param>
/// <param name="Greatest">Greatest time of its events.</param>
/// <param name="FirstVersion">First ledger version that it has rows of.</param>
/// <param name="LastVersion">Last ledger version that it has rows of.</param>
internal readonly record struct AskedFile(int Day, long Least, long Greatest, long FirstVersion, long LastVersion);
