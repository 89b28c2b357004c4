using AdvertiseX.Columns;

namespace AdvertiseX.Events;

/// <summary>
/// Sorts rows by time, those of one time in the order in which they came: a merge sort over the runs that are sorted
/// already, as rows of several files or blocks are. Owns pooled memory.
/// </summary>
internal sealed unsafe class RunMerge : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly int _count;

    /// <summary>Where each run starts, and at last the number of rows.</summary>
    private readonly List<int> _starts = [];

    public RunMerge(ReadOnlySpan<int> rows, long* times)
    {
        _count = rows.Length;
        _buffer = NativePool.Rent(2L * _count * sizeof(Item));
        var items = (Item*)_buffer.Pointer;
        for (var i = 0; i < rows.Length; i++)
        {
            items[i] = new Item { Time = times[rows[i]], Row = rows[i] };
            if (i == 0 || items[i].Time < items[i - 1].Time)
                _starts.Add(i);
        }

        _starts.Add(_count);
    }

    /// <summary>Sorts and stores the rows.</summary>
    public void MergeInto(Span<int> rows)
    {
        var from = (Item*)_buffer.Pointer;
        var to = from + _count;
        while (_starts.Count > 2)
        {
            var kept = 0;
            for (var run = 0; run + 1 < _starts.Count; run += 2)
            {
                int start = _starts[run],
                    middle = _starts[run + 1],
                    end = run + 2 < _starts.Count ? _starts[run + 2] : middle;
                Merge(from + start, from + middle, from + end, to + start);
                _starts[kept++] = start;
            }

            _starts.RemoveRange(kept, _starts.Count - kept);
            _starts.Add(_count);
            var merged = to;
            to = from;
            from = merged;
        }

        for (var i = 0; i < rows.Length; i++)
            rows[i] = from[i].Row;
    }

    public void Dispose() => _buffer.Dispose();

    private static void Merge(Item* left, Item* middle, Item* end, Item* to)
    {
        var right = middle;
        while (left < middle && right < end)
        {
            // Which run is next is a coin toss: the step is computed, not branched on.
            var isRight = right->Time < left->Time;
            *to++ = isRight ? *right : *left;
            right += isRight ? 1 : 0;
            left += isRight ? 0 : 1;
        }

        while (left < middle)
            *to++ = *left++;
        while (right < end)
            *to++ = *right++;
    }

    private struct Item
    {
        public long Time;
        public int Row;
    }
}
