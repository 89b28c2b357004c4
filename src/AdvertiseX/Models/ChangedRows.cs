using AdvertiseX.Engines;

namespace AdvertiseX.Models;

/// <summary>Rows of a table that are there now and were not, and the other way round, with all its columns.
/// Immutable.</summary>
/// <param name="Came">The rows that joined.</param>
/// <param name="Went">The rows that left.</param>
internal sealed record ChangedRows(ParquetSet Came, ParquetSet Went)
{
    public bool IsEmpty => Came.Files.Count == 0 && Went.Files.Count == 0;
}
