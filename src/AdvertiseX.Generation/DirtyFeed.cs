using AdvertiseX.Events;

namespace AdvertiseX.Generation;

/// <summary>
/// A feed's files with what goes wrong on the way to them: lines that come twice, late or cut off. Copies and late
/// lines wait here until their time; they are few, so their bytes are kept. Not thread-safe.
/// </summary>
internal sealed class DirtyFeed(Feed feed, IRecordFile file, TruthLines lines, ulong seed) : IDisposable
{
    private const long Second = 1_000_000;
    private readonly DeterministicRandom _random = new(seed);
    private readonly PriorityQueue<Held, (long Due, long Sequence)> _held = new();
    private long _sequence;

    public IRecordFile File => file;

    /// <summary>Starts a record at a time; lines that are due are written before it.</summary>
    public Utf8Buffer Begin(long nowMicros)
    {
        Release(nowMicros);
        return file.Begin(8192);
    }

    /// <summary>Ends the record: writes it, holds it back, or puts a copy aside, as its dirt wants.</summary>
    public void End(DirtKind dirt, long nowMicros, in LineNote note)
    {
        switch (dirt)
        {
            case DirtKind.Late:
                Hold(nowMicros + _random.LongTail(3600 * Second, 5), note with { Verdict = LineVerdict.Late });
                file.Discard();
                return;
            case DirtKind.ExactDuplicate:
                Hold(nowMicros + CopyDelay(), note with { Verdict = LineVerdict.Duplicate });
                break;
            default:
                break;
        }

        lines.Add(feed, file.Commit(), note);
    }

    /// <summary>Ends a record that contradicts an earlier one of the same id: it appears some time later.</summary>
    public void EndConflicting(long nowMicros, in LineNote note)
    {
        Hold(nowMicros + CopyDelay(), note);
        file.Discard();
    }

    /// <summary>A place to cut a broken line: not at its very start, and before its last character.</summary>
    public int CutAt(int length) => 12 + _random.Below(length - 14);

    /// <summary>Writes what still waits, whatever its time.</summary>
    public void ReleaseAll() => Release(long.MaxValue);

    public void Dispose() => file.Dispose();

    /// <summary>Half of the copies come within two seconds, the others up to six days later.</summary>
    private long CopyDelay() =>
        _random.Below(2) == 0 ? _random.Below((int)(2 * Second)) : _random.LongTail(60 * Second, 13);

    private void Hold(long due, in LineNote note) =>
        _held.Enqueue(new Held(file.Current.ToArray(), note), (due, _sequence++));

    private void Release(long nowMicros)
    {
        while (_held.TryPeek(out var line, out var priority) && priority.Due <= nowMicros)
        {
            _held.Dequeue();
            file.Begin(line.Bytes.Length).Append(line.Bytes);
            lines.Add(feed, file.Commit(), line.Note);
        }
    }

    private sealed record Held(byte[] Bytes, LineNote Note);
}
