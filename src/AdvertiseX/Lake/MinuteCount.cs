using AdvertiseX.Engines;

namespace AdvertiseX.Lake;

/// <summary>Counts the rows of files by the minute of their event time, which reads one column.</summary>
internal static class MinuteCount
{
    private const long MicrosOfMinute = 60_000_000;

    /// <summary>The rows of a set named <c>files</c>, in the order of minutes; null where one has no event time within
    /// the date.</summary>
    /// <exception cref="QueryException">A file cannot be read.</exception>
    public static async ValueTask<IReadOnlyList<MinuteRows>?> ReadAsync(
        IQueryEngine engine,
        ParquetSet set,
        DateOnly date,
        CancellationToken cancellation
    )
    {
        var start = DateOnly.FromDateTime(DateTime.UnixEpoch);
        var firstMinute = (date.DayNumber - start.DayNumber) * (long)TimeSlice.MinutesOfDay;
        var minutes = new List<MinuteRows>();
        using var found = await engine.ReadAsync(
            engine.Dialect.Translate(
                $"""
                select unix_micros({LakeTable.TimeColumn}) div {MicrosOfMinute} as minute, count(*) as found,
                min(unix_micros({LakeTable.TimeColumn})) as least, max(unix_micros({LakeTable.TimeColumn})) as greatest
                from files group by 1 order by 1
                """
            ),
            [set],
            cancellation
        );
        while (found.Read())
        {
            var minute = found.IsNull(0) ? -1 : found.GetInt64(0) - firstMinute;
            if (minute is < 0 or >= TimeSlice.MinutesOfDay)
                return null;
            minutes.Add(new((int)minute, found.GetInt64(1), found.GetInt64(2), found.GetInt64(3)));
        }
        return minutes;
    }
}
