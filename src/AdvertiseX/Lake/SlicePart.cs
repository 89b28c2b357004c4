namespace AdvertiseX.Lake;

/// <summary>The rows that one file of a cut gets.</summary>
/// <param name="Slice">The slice that the file fills; null for what is left over, which fills none.</param>
/// <param name="Minutes">The minutes of its rows, in order.</param>
internal sealed record SlicePart(TimeSlice? Slice, IReadOnlyList<MinuteRows> Minutes)
{
    private const long MicrosOfMinute = 60_000_000;

    public long Rows => Minutes.Sum(minute => minute.Rows);

    /// <summary>Least event time, microseconds since 1970.</summary>
    public long Least => Minutes.Min(minute => minute.Least);

    /// <summary>Greatest event time.</summary>
    public long Greatest => Minutes.Max(minute => minute.Greatest);

    /// <summary>The times of its rows, as ranges of microseconds, the end excluded: no row of another part lies in
    /// them.</summary>
    /// <param name="date">The date of the rows.</param>
    /// <param name="ofOthers">The minutes of all other parts.</param>
    public IReadOnlyList<(long From, long To)> Ranges(DateOnly date, IReadOnlySet<int> ofOthers)
    {
        var start = (date.ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var ranges = new List<(long From, long To)>();
        var last = -1;
        foreach (var minute in Minutes.Select(each => each.Minute))
        {
            var end = start + ((minute + 1) * MicrosOfMinute);
            // Minutes between two of its own that nobody has rows of may belong to it.
            if (ranges.Count > 0 && !Enumerable.Range(last + 1, minute - last - 1).Any(ofOthers.Contains))
                ranges[^1] = (ranges[^1].From, end);
            else
                ranges.Add((end - MicrosOfMinute, end));
            last = minute;
        }
        return ranges;
    }
}
