namespace AdvertiseX.Columns;

/// <summary>Times as columns hold them: microseconds since 1970-01-01 UTC.</summary>
internal static class EpochMicros
{
    /// <summary>A time; what is finer than a microsecond is cut off.</summary>
    public static long Of(DateTimeOffset time) =>
        (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time that a clock tells.</summary>
    public static long Now(TimeProvider clock) => Of(clock.GetUtcNow());
}
