using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Validation;

/// <summary>What one block became: a batch for each table that it touched, and the counts. Disposing frees the
/// batches.</summary>
internal sealed class BlockRows : IDisposable
{
    /// <summary>Batches by <see cref="EventKind"/>; null where no row went.</summary>
    public ColumnBatch?[] Facts { get; } = new ColumnBatch?[FactTables.KindCount];

    public ColumnBatch? Rejects { get; set; }

    /// <summary>Counts by <see cref="EventKind"/>. Accepted is set once duplicates are known.</summary>
    public KindCounts[] Counts { get; } = KindCounts.OfEachKind();

    /// <summary>Fields that no contract names, with how often each was seen.</summary>
    public Dictionary<string, long> Unmapped { get; } = new(StringComparer.Ordinal);

    public void Dispose()
    {
        foreach (var batch in Facts)
            batch?.Dispose();
        Rejects?.Dispose();
    }
}
