namespace AdvertiseX.Sources;

/// <summary>Pauses between tries of something that fails: each is twice as long as the one before. Not
/// thread-safe.</summary>
/// <param name="first">The first pause.</param>
/// <param name="longest">No pause is longer.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private readonly TimeSpan _first = first;
    private TimeSpan _next = first;

    /// <summary>The pause that is due after one more failure.</summary>
    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < longest ? pause * 2 : longest;
        return pause;
    }

    /// <summary>The next pause is the first again.</summary>
    public void Reset() => _next = _first;
}
