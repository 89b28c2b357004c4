using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Staging;

/// <summary>
/// The rows of many blocks on their way into one ledger commit, with what they came from. Filled by one thread in stream order;
/// disposing frees the rows.
/// </summary>
internal sealed class CommitUnit : IDisposable
{
    private readonly Dictionary<string, StreamTally> _tallies = new(StringComparer.Ordinal);
    private readonly List<BlockRange> _blocks = [];

    /// <summary>Rows by <see cref="EventKind"/>; null where there are none.</summary>
    public ColumnBatch?[] Facts { get; } = new ColumnBatch?[FactTables.KindCount];

    /// <summary>Rejects so far; conflicting duplicates join them once they are known.</summary>
    public ColumnBatch Rejects { get; } = new(FactTables.Rejects);

    public IReadOnlyCollection<StreamTally> Tallies => _tallies.Values;

    public IReadOnlyList<BlockRange> Blocks => _blocks;

    public bool IsEmpty => _tallies.Count == 0;

    /// <summary>Bytes of memory that the rows hold.</summary>
    public long UsedBytes => Rejects.UsedBytes + Facts.Sum(f => f?.UsedBytes ?? 0);

    /// <summary>Adds a block and takes it over: its batches are disposed.</summary>
    public void Add(DecodedPiece piece)
    {
        var range = piece.Range;
        if (!_tallies.TryGetValue(range.Stream, out var tally))
            _tallies.Add(range.Stream, tally = new StreamTally(range.Stream, range.Source, range.From));
        tally.Add(piece);
        _blocks.Add(range);
        for (int i = 0; i < Facts.Length; i++)
        {
            if (piece.Rows.Facts[i] is not { } batch) continue;
            (Facts[i] ??= new ColumnBatch(batch.Schema, batch.Rows)).Append(batch);
        }

        if (piece.Rows.Rejects != null) Rejects.Append(piece.Rows.Rejects);
        piece.Rows.Dispose();
    }

    public void Dispose()
    {
        foreach (var batch in Facts) batch?.Dispose();
        Rejects.Dispose();
    }
}
