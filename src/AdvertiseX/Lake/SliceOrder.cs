using AdvertiseX.Columns;

namespace AdvertiseX.Lake;

/// <summary>Rows divided among files by slices of time, in each file in the order given. Owns pooled memory.</summary>
internal sealed unsafe class SliceOrder : IDisposable
{
    private readonly NativeBuffer _rows;
    private readonly int[] _starts;

    /// <param name="batch">The rows, all with an <c>event_time</c> where there are several slices.</param>
    /// <param name="rows">Their order.</param>
    /// <param name="slices">The slices, ascending; the first also takes what is before it.</param>
    public SliceOrder(ColumnBatch batch, ReadOnlySpan<int> rows, IReadOnlyList<MergeSlice> slices)
    {
        _rows = NativePool.Rent(Math.Max(1, (long)rows.Length * sizeof(int)));
        _starts = new int[slices.Max(slice => slice.File) + 2];
        var to = (int*)_rows.Pointer;
        if (slices.Count == 1)
        {
            rows.CopyTo(new Span<int>(to, rows.Length));
            _starts.AsSpan(slices[0].File + 1).Fill(rows.Length);
            return;
        }

        var times = batch.Int64("event_time").Values;
        long[] from = [.. slices.Select(slice => slice.From)];
        int[] fileOf = [.. slices.Select(slice => slice.File)];
        var at = 0;
        foreach (var row in rows)
            _starts[fileOf[at = SliceOf(times[row], at, from)] + 1]++;
        for (var i = 1; i < _starts.Length; i++)
            _starts[i] += _starts[i - 1];
        var next = _starts.AsSpan(0, _starts.Length - 1).ToArray();
        foreach (var row in rows)
            to[next[fileOf[at = SliceOf(times[row], at, from)]]++] = row;
    }

    public int Files => _starts.Length - 1;

    public int CountOf(int file) => _starts[file + 1] - _starts[file];

    /// <summary>Row numbers of a file, in order; they stay where they are until this is disposed.</summary>
    public int* RowsOf(int file) => (int*)_rows.Pointer + _starts[file];

    public void Dispose() => _rows.Dispose();

    /// <summary>Times ascend within a campaign: the slice is the last one or near it.</summary>
    private static int SliceOf(long time, int slice, long[] from)
    {
        while (slice > 0 && time < from[slice])
            slice--;
        while (slice + 1 < from.Length && time >= from[slice + 1])
            slice++;
        return slice;
    }
}
