namespace AdvertiseX.Ingestion;

/// <summary>
/// Collects garbage at intervals in a process that runs for months and makes next to none: the collector would not come
/// for an hour, and what only finalizers give back (threads that waited for the disk, contexts of libraries) would hold
/// native memory meanwhile, which the collector does not see (decision 070). For one thread.
/// </summary>
/// <param name="clock">Measures time.</param>
internal sealed class GarbageInterval(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _last = clock.GetTimestamp();

    /// <summary>Collects if a minute has passed; with the small heap of a live run that takes some
    /// milliseconds.</summary>
    public void Pass()
    {
        if (clock.GetElapsedTime(_last) < Interval)
            return;
        _last = clock.GetTimestamp();
        GC.Collect();
    }
}
