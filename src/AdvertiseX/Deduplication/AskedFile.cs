namespace AdvertiseX.Deduplication;

/// <summary>A file of the lake that may hold copies.</summary>
/// <param name="FirstDay">First day of its rows, days since 1970 UTC.</param>
/// <param name="LastDay">Last day of its rows; the first but for files of late rows.</param>
/// <param name="Least">Least time of its events, micros since 1970 UTC.</param>
/// <param name="Greatest">Greatest time of its events.</param>
/// <param name="FirstVersion">First ledger version that it has rows of.</param>
/// <param name="LastVersion">Last ledger version that it has rows of.</param>
/// <param name="Rows">Rows in it, as far as is known.</param>
internal readonly record struct AskedFile(
    int FirstDay,
    int LastDay,
    long Least,
    long Greatest,
    long FirstVersion,
    long LastVersion,
    long Rows
)
{
    /// <summary>Days between one and the nearest day of its rows.</summary>
    public int DaysFrom(int day)
    {
        if (day < FirstDay)
            return FirstDay - day;
        return day > LastDay ? day - LastDay : 0;
    }
}
