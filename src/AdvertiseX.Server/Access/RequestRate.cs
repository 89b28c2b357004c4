namespace AdvertiseX.Server.Access;

/// <summary>
/// Lets so many requests a second through, and as many at once as in one second (at least one): a bucket of tokens that
/// fills steadily, kept as the time at which it would be full (the generic cell rate algorithm). Thread-safe.
/// </summary>
/// <param name="perSecond">Requests a second; above 0.</param>
/// <param name="clock">Measures.</param>
internal sealed class RequestRate(double perSecond, TimeProvider clock)
{
    private readonly long _spacing = Math.Max(1, (long)(clock.TimestampFrequency / perSecond));
    private readonly long _burst = Math.Max(clock.TimestampFrequency, (long)(clock.TimestampFrequency / perSecond));
    private long _full;

    /// <summary>Takes one request.</summary>
    /// <param name="wait">Where it is refused: when one is let through again.</param>
    /// <returns>False if it is one too many.</returns>
    public bool TryTake(out TimeSpan wait)
    {
        while (true)
        {
            var now = clock.GetTimestamp();
            var full = Interlocked.Read(ref _full);
            var next = Math.Max(full, now) + _spacing;
            if (next - now > _burst)
            {
                wait = clock.GetElapsedTime(0, next - now - _burst);
                return false;
            }

            if (Interlocked.CompareExchange(ref _full, next, full) != full)
                continue;
            wait = TimeSpan.Zero;
            return true;
        }
    }
}
