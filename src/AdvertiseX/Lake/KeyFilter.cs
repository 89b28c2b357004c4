using System.Text.Json.Serialization;
using AdvertiseX.Keys;

namespace AdvertiseX.Lake;

/// <summary>A filter: the key prefixes of all rows that some ledger versions brought into a table.</summary>
/// <param name="Key">Its key in the store.</param>
/// <param name="Count">Prefixes in it.</param>
/// <param name="First">First ledger version of the rows.</param>
/// <param name="Last">Last ledger version of the rows.</param>
/// <param name="Days">Days of the rows, as days since 1970 UTC, ascending.</param>
/// <param name="Since">When it, or the first of those that were merged into it, was written, UTC: all its rows were
/// committed, and many of them before.</param>
internal sealed record KeyFilter(
    string Key,
    long Count,
    long First,
    long Last,
    IReadOnlyList<int> Days,
    DateTimeOffset Since
)
{
    /// <summary>About its size.</summary>
    [JsonIgnore]
    public long Bytes => KeySetShape.For(Count, 0).Bytes;
}
