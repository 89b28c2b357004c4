using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>What the compaction planner has to know of a file.</summary>
/// <param name="Path">Path relative to the table's folder.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="ModifiedMillis">When it was written.</param>
/// <param name="Slice">The slice that it was cut for; null for a file of any other writer.</param>
/// <param name="Span">The shortest slice that holds its rows; null where its statistics do not tell. Few files are
/// asked.</param>
internal sealed record CompactionFile(
    string Path,
    long SizeBytes,
    long ModifiedMillis,
    TimeSlice? Slice,
    Lazy<TimeSlice?> Span
)
{
    /// <summary>The tag of a file that was cut for a time slice, with its start and length.</summary>
    public const string SliceTag = "adx.slice";

    private const long MicrosOfMinute = 60_000_000;

    public static CompactionFile Of(AddFile file) =>
        new(
            file.Path,
            file.SizeBytes,
            file.ModifiedMillis,
            TimeSlice.Parse(file.Tags.GetValueOrDefault(SliceTag)),
            new(() => SpanOf(file))
        );

    private static TimeSlice? SpanOf(AddFile file)
    {
        if (file.EventDate is not { } date)
            return null;
        var times = file.EventTimes;
        if (times == TimeRange.Any)
            return null;
        var start = (date.ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var (first, last) = ((times.Least - start) / MicrosOfMinute, (times.Greatest - start) / MicrosOfMinute);
        return first < 0 || last < first || last >= TimeSlice.MinutesOfDay
            ? null
            : TimeSlice.Over((int)first, (int)last);
    }
}
