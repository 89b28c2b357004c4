namespace AdvertiseX.Kafka.Producing;

/// <summary>
/// Time of events that passes a number of times as fast as that of the clock. A stretch of over an hour in which
/// nothing happened is passed over.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="speed">How many times as fast; 0: everything is due.</param>
internal sealed class EventClock(TimeProvider clock, double speed)
{
    private const long LongestPauseMicros = 3_600_000_000;
    private long _started;
    private long _from;

    /// <summary>Milliseconds until the event is due; 0 if it is.</summary>
    /// <param name="micros">Time of the earliest event that was not sent.</param>
    public int MillisecondsTo(long micros)
    {
        if (speed == 0)
            return 0;
        if (_started == 0)
            SetTo(micros);
        var now = _from + (long)(clock.GetElapsedTime(_started).TotalMicroseconds * speed);
        if (micros - now > LongestPauseMicros)
        {
            SetTo(micros);
            return 0;
        }

        return micros <= now ? 0 : (int)Math.Clamp((micros - now) / 1000 / speed, 1, 1000);
    }

    private void SetTo(long micros) => (_started, _from) = (clock.GetTimestamp(), micros);
}
