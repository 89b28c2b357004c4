namespace AdvertiseX.Spool;

/// <summary>Those who wait until a delivery is in the lake. Thread-safe.</summary>
internal sealed class CommitWaiters : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<long, List<Waiter>>> _byStream = new(StringComparer.Ordinal);
    private bool _isClosed;

    /// <summary>Waits.</summary>
    /// <returns>What became of the events; null if the delivery was in the lake before.</returns>
    public async Task<IReadOnlyList<EventVerdict>?> WaitAsync(
        SpoolSegment segment,
        long position,
        CancellationToken cancellation
    )
    {
        var waiter = new Waiter(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (segment.Committed > position)
                return null;
            if (!_byStream.TryGetValue(segment.Name.Stream, out var waiters))
                _byStream.Add(segment.Name.Stream, waiters = []);
            if (!waiters.TryGetValue(position, out var same))
                waiters.Add(position, same = []);
            same.Add(waiter);
        }

        try
        {
            return await waiter.Task.WaitAsync(cancellation);
        }
        finally
        {
            Remove(segment.Name.Stream, position, waiter);
        }
    }

    /// <summary>Positions of a stream that somebody waits for, in a range.</summary>
    public IReadOnlyList<long> PositionsOf(string stream, long from, long next)
    {
        lock (_lock)
            return _byStream.TryGetValue(stream, out var waiters)
                ? [.. waiters.Keys.Where(position => position >= from && position < next)]
                : [];
    }

    /// <summary>Tells those who wait for a delivery what became of it.</summary>
    public void Tell(string stream, long position, IReadOnlyList<EventVerdict> verdicts)
    {
        lock (_lock)
            if (_byStream.TryGetValue(stream, out var waiters) && waiters.TryGetValue(position, out var same))
                foreach (var waiter in same)
                    waiter.TrySetResult(verdicts);
    }

    /// <summary>What is before a position of a stream is in the lake: nobody can be told any more what became of
    /// it.</summary>
    public void Passed(SpoolSegment segment, long next)
    {
        lock (_lock)
            if (_byStream.TryGetValue(segment.Name.Stream, out var waiters))
                foreach (var (position, same) in waiters)
                    if (position < next)
                        foreach (var waiter in same)
                            waiter.TrySetResult(null);
    }

    /// <summary>Nobody waits any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var waiter in _byStream.Values.SelectMany(waiters => waiters.Values).SelectMany(same => same))
                waiter.TrySetCanceled();
        }
    }

    private void Remove(string stream, long position, Waiter waiter)
    {
        lock (_lock)
        {
            if (!_byStream.TryGetValue(stream, out var waiters) || !waiters.TryGetValue(position, out var same))
                return;
            same.Remove(waiter);
            if (same.Count == 0)
                waiters.Remove(position);
            if (waiters.Count == 0)
                _byStream.Remove(stream);
        }
    }

    private sealed class Waiter(TaskCreationOptions options)
        : TaskCompletionSource<IReadOnlyList<EventVerdict>?>(options);
}
