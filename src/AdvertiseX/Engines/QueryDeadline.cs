using AdvertiseX.DuckDb;

namespace AdvertiseX.Engines;

/// <summary>
/// Interrupts a connection once a token is cancelled or a time is over. It interrupts again and again until disposed:
/// DuckDB forgets an interrupt that comes just before a statement starts.
/// </summary>
internal sealed class QueryDeadline : IDisposable
{
    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(20);

    private readonly DuckDbConnection _connection;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private bool _disposed;

    internal QueryDeadline(
        DuckDbConnection connection,
        TimeSpan? limit,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        _connection = connection;
        _cancellation = cancellation;
        _timer = time.CreateTimer(_ => Interrupt(), null, limit ?? Timeout.InfiniteTimeSpan, Repeat);
        _registration = cancellation.Register(() => Restart());
        Limit = limit;
    }

    internal TimeSpan? Limit { get; }

    /// <summary>What a failure of the statement means, seen from here.</summary>
    internal Exception Explain(DuckDbException error)
    {
        if (!error.IsInterrupted)
            return QueryException.From(error);
        return _cancellation.IsCancellationRequested
            ? new OperationCanceledException("the query was cancelled", error, _cancellation)
            : QueryException.TimedOut(Limit, error);
    }

    public void Dispose()
    {
        _registration.Dispose();
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    private void Restart()
    {
        lock (_gate)
        {
            if (!_disposed)
                _timer.Change(TimeSpan.Zero, Repeat);
        }
    }

    // Under the gate, so that no interrupt meets the connection after Dispose returned: it could run another statement
    // then.
    private void Interrupt()
    {
        lock (_gate)
        {
            if (!_disposed)
                _connection.Interrupt();
        }
    }
}
