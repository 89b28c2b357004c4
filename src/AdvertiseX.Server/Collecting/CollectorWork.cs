namespace AdvertiseX.Server.Collecting;

/// <summary>
/// Gives turns at what keeps a processor busy and needs memory of its own: decompressing bodies (up to 16 MB for a
/// window) and judging events. As many requests as there are processors do so at one time; the others wait, with
/// nothing but their bodies. Thread-safe.
/// </summary>
internal sealed class CollectorWork : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    /// <summary>Waits for a turn, and does the work.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled before the turn came.</exception>
    public async Task<T> DoAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        try
        {
            return work();
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
