using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Deduplication;
using AdvertiseX.Events;

namespace AdvertiseX.Ingestion;

/// <summary>
/// A commit unit with its verdicts: which rows are new, and the counts of each stream as they go into the ledger. A
/// unit that lost a race is judged again, so its own counts stay as they were. Disposing frees the verdicts, not the
/// unit.
/// </summary>
internal sealed class JudgedUnit : IDisposable
{
    private readonly NativeBuffer?[] _verdicts = new NativeBuffer?[FactTables.KindCount];
    private readonly Dictionary<string, KindCounts[]> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long From, KindCounts[] Counts)> _tails = new(StringComparer.Ordinal);
    private readonly List<ConflictingRecord> _conflicts = [];

    private JudgedUnit(CommitUnit unit)
    {
        Unit = unit;
        foreach (var tally in unit.Tallies)
        {
            _counts.Add(tally.Stream, [.. tally.Counts.Select(Copy)]);
            if (tally.TailCounts is { } tail)
                _tails.Add(tally.Stream, (tally.Next, [.. tail.Select(Copy)]));
        }
    }

    public CommitUnit Unit { get; }

    /// <summary>Ledger version against which the unit was judged.</summary>
    public long LedgerVersion { get; private set; } = long.MaxValue;

    /// <summary>Records that conflict with an event known before, in row order.</summary>
    public IReadOnlyList<ConflictingRecord> Conflicts => _conflicts;

    /// <summary>Final counts of a stream by event kind.</summary>
    public KindCounts[] CountsOf(string stream) => _counts[stream];

    /// <summary>The part of a stream's counts that its unterminated last record made; null when there is
    /// none.</summary>
    public KindCounts[]? TailCountsOf(string stream) => _tails.TryGetValue(stream, out var tail) ? tail.Counts : null;

    /// <summary>One byte a row, 0 = new.</summary>
    public unsafe byte* VerdictsOf(EventKind kind) => _verdicts[(int)kind]!.Pointer;

    /// <summary>Whether a row was judged to be new.</summary>
    public unsafe bool IsNew(EventKind kind, int row) => VerdictsOf(kind)[row] == (byte)Verdict.New;

    /// <summary>Judges every row of a unit against what the lake holds now.</summary>
    public static async Task<JudgedUnit> JudgeAsync(
        CommitUnit unit,
        DuplicateJudge judge,
        long ledgerVersion,
        CancellationToken cancellation
    )
    {
        var judged = new JudgedUnit(unit);
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            if (unit.Facts[(int)kind] is not { } batch)
                continue;
            var (verdicts, version) = await judge.JudgeAsync(kind, batch, cancellation);
            judged.LedgerVersion = Math.Min(judged.LedgerVersion, version);
            judged._verdicts[(int)kind] = verdicts;
            judged.Count(kind, batch, verdicts);
        }

        if (judged.LedgerVersion == long.MaxValue)
            judged.LedgerVersion = ledgerVersion;
        return judged;
    }

    /// <summary>The ledger has the unit: its verdicts are the unit's from now on.</summary>
    public void HandOverVerdicts()
    {
        Unit.Keep([.. _verdicts]);
        Array.Clear(_verdicts);
    }

    public void Dispose()
    {
        foreach (var buffer in _verdicts)
            buffer?.Dispose();
    }

    private static KindCounts Copy(KindCounts counts)
    {
        var copy = new KindCounts();
        copy.Add(counts);
        return copy;
    }

    private unsafe void Count(EventKind kind, ColumnBatch batch, NativeBuffer buffer)
    {
        var verdicts = buffer.Pointer;
        if (new ReadOnlySpan<byte>(verdicts, batch.Rows).IndexOfAnyExcept((byte)0) < 0)
            return;
        var streams = batch.Dictionary("stream");
        var users = batch.Int64("user_key");
        for (var row = 0; row < batch.Rows; row++)
        {
            if (verdicts[row] == (byte)Verdict.New)
                continue;
            var stream = Encoding.UTF8.GetString(streams.Get(row));
            var verdict = (Verdict)verdicts[row];
            TakeBack(_counts[stream][(int)kind], verdict, users.IsValid(row));
            if (_tails.TryGetValue(stream, out var tail) && batch.Int64("stream_offset").Values[row] >= tail.From)
                TakeBack(tail.Counts[(int)kind], verdict, users.IsValid(row));
            if (verdict == Verdict.Conflicting)
                _conflicts.Add(ConflictAt(kind, batch, row, stream));
        }
    }

    // A row that is not new after all was counted as accepted.
    private static void TakeBack(KindCounts counts, Verdict verdict, bool hasUser)
    {
        counts.Accepted--;
        if (verdict == Verdict.Conflicting)
            counts[RejectReason.ConflictingDuplicate]++;
        else
            counts.Duplicate++;
        if (verdict == Verdict.Duplicate && !hasUser)
            counts.DuplicateWithoutUser++;
    }

    private static unsafe ConflictingRecord ConflictAt(EventKind kind, ColumnBatch batch, int row, string stream)
    {
        var ordinals = batch.Int32("stream_ordinal");
        var ordinal = ordinals.IsValid(row) ? ordinals.Values[row] : 0;
        var at = new Position(stream, batch.Int64("stream_offset").Values[row], ordinal);
        return new ConflictingRecord(at, kind, Encoding.UTF8.GetString(batch.Text("event_id").Get(row)));
    }
}
