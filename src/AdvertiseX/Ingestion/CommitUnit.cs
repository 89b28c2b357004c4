using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Keys;

namespace AdvertiseX.Ingestion;

/// <summary>
/// The rows of many blocks on their way into one ledger commit, with what they came from. Filled by one thread in
/// stream order; disposing frees the rows.
/// </summary>
/// <param name="fullBytes">About how many bytes of rows it will hold if the input goes on.</param>
internal sealed class CommitUnit(long fullBytes) : IDisposable
{
    // Room for a full unit is made at once, but only when a table has grown to a part of it: growing by doubling copies
    // each row about once more, and memory that is new to the process costs more than the copy.
    private const int GrowAtPart = 8;

    // Half of what can be sorted at once, so that a block more still fits.
    private const int MostRows = SortedKeys.MaxRows / 2;
    private readonly Dictionary<string, StreamTally> _tallies = new(StringComparer.Ordinal);
    private readonly List<BlockRange> _blocks = [];
    private long _keptBytes;

    /// <summary>Rows by <see cref="EventKind"/>; null where there are none.</summary>
    public ColumnBatch?[] Facts { get; } = new ColumnBatch?[FactTables.KindCount];

    /// <summary>Rejects so far; conflicting duplicates join them once they are known.</summary>
    public ColumnBatch Rejects { get; } = new(FactTables.Rejects);

    /// <summary>What each row was judged to be (<see cref="Deduplication.Verdict"/>, a byte a row), by
    /// <see cref="EventKind"/>; null until the unit is in the ledger.</summary>
    public NativeBuffer?[]? Verdicts { get; private set; }

    public IReadOnlyCollection<StreamTally> Tallies => _tallies.Values;

    public IReadOnlyList<BlockRange> Blocks => _blocks;

    public bool IsEmpty => _tallies.Count == 0;

    /// <summary>Whether rows of an endless source are among them, whose units are small and many.</summary>
    public bool IsLive => _tallies.Values.Any(tally => tally.Source.IsEndless);

    /// <summary>Whether a table has so many rows that no further block may join.</summary>
    public bool IsFull => Facts.Any(rows => rows?.Rows >= MostRows);

    /// <summary>Bytes of memory that the rows hold, and the blocks that are kept.</summary>
    public long UsedBytes => Rejects.UsedBytes + Facts.Sum(f => f?.UsedBytes ?? 0) + _keptBytes;

    /// <summary>Adds a block and takes it over: its batches are disposed.</summary>
    public void Add(DecodedBlock block)
    {
        var range = block.Range;
        if (!_tallies.TryGetValue(range.Stream, out var tally))
            _tallies.Add(range.Stream, tally = new StreamTally(range.Stream, range.Source, range.From));
        tally.Add(block);
        _blocks.Add(range);
        _keptBytes += range.Kept?.Length ?? 0;
        for (var i = 0; i < Facts.Length; i++)
        {
            if (block.Rows.Facts[i] is not { } batch)
                continue;
            var rows = Facts[i] ??= new ColumnBatch(batch.Schema, batch.Rows);
            if (rows.Rows + batch.Rows >= rows.Capacity)
                MakeRoom(rows, batch);
            rows.Append(batch);
        }

        if (block.Rows.Rejects != null)
            Rejects.Append(block.Rows.Rejects);
        block.Rows.Dispose();
    }

    /// <summary>Whether rows of the stream are among those of an earlier reading of it, which was given up.</summary>
    public bool HoldsOtherReadingOf(DecodedBlock block) =>
        _tallies.TryGetValue(block.Range.Stream, out var tally) && tally.Source != block.Range.Source;

    /// <summary>Drops the rows of some blocks, all of which were kept: the others are decoded again.</summary>
    /// <param name="stays">Whether a block stays; of a stream all do or none.</param>
    /// <param name="decode">Decodes a kept block.</param>
    public void KeepOnly(Func<BlockRange, bool> stays, Func<BlockRange, DecodedBlock> decode)
    {
        if (_blocks.TrueForAll(block => stays(block)))
            return;
        BlockRange[] all = [.. _blocks];
        for (var i = 0; i < Facts.Length; i++)
        {
            Facts[i]?.Dispose();
            Facts[i] = null;
        }

        Rejects.Truncate(0);
        _tallies.Clear();
        _blocks.Clear();
        _keptBytes = 0;
        foreach (var block in all)
        {
            if (stays(block))
                Add(decode(block));
            else
                block.Kept!.Dispose();
        }
    }

    private void MakeRoom(ColumnBatch rows, ColumnBatch next)
    {
        var used = rows.UsedBytes;
        if (used < fullBytes / GrowAtPart || next.Rows == 0)
            return;
        var expected = rows.Rows + next.Rows + (long)((fullBytes - UsedBytes) / ((double)used / rows.Rows));
        if (expected > rows.Capacity)
            rows.Reserve((int)Math.Min(expected, int.MaxValue / 2), next);
    }

    /// <summary>Takes over the verdicts that the ledger has.</summary>
    public void Keep(NativeBuffer?[] verdicts) => Verdicts = verdicts;

    public void Dispose()
    {
        foreach (var verdicts in Verdicts ?? [])
            verdicts?.Dispose();
        foreach (var batch in Facts)
            batch?.Dispose();
        Rejects.Dispose();
        foreach (var block in _blocks)
            block.Kept?.Dispose();
    }
}
