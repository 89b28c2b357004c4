namespace AdvertiseX.Server.Collecting;

/// <summary>Memory that the bodies of all requests may take together. Thread-safe.</summary>
/// <param name="most">Bytes.</param>
internal sealed class CollectorMemory(long most)
{
    private long _used;

    /// <summary>Bytes taken.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes memory.</summary>
    /// <exception cref="CollectorProblem">503: there is none left.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes))
            throw Full();
    }

    public static CollectorProblem Full() =>
        CollectorProblem.Busy("the bodies of requests that are being answered fill collector.memory_bytes");

    /// <summary>Takes memory, if there is enough.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= most)
            return true;
        Give(bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
