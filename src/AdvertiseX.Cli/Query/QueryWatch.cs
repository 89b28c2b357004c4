using System.Globalization;
using AdvertiseX.Engines;

namespace AdvertiseX.Cli.Query;

/// <summary>
/// Ends the process when a statement does not keep its limits. DuckDB counts what goes through its buffers and looks
/// for an interrupt between chunks of rows: one call such as repeat('x', 3000000000) is in neither. A thread of its own
/// looks at the memory of the whole process and at the time, and can end the process whatever the engine does.
/// </summary>
/// <remarks>
/// A process of the engine's own, watched from outside, bounds no more than this and adds the start of a second runtime
/// to every query. A limit of the address space (RLIMIT_AS) does not fit .NET, which reserves hundreds of gigabytes.
/// </remarks>
internal sealed class QueryWatch : IDisposable
{
    /// <summary>What the process may take beside the engine's limit: the runtime, the program, and the rows at
    /// hand.</summary>
    internal const int AllowanceMebibytes = 384;

    /// <summary>How long a statement has to heed its interrupt.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Terminal _terminal;
    private readonly Action<int> _endProcess;
    private readonly UserSqlOptions _options;
    private readonly Action _discard;
    private readonly CancellationToken _cancellation;
    private readonly ProcessMemory _memory = new();
    private readonly ManualResetEvent _done = new(initialState: false);
    private readonly Thread _thread;
    private readonly long _started;
    private long? _cancelled;

    // Since when no row was being written.
    private long _working;

    private QueryWatch(
        Terminal terminal,
        Action<int> endProcess,
        UserSqlOptions options,
        Action discard,
        CancellationToken cancellation
    )
    {
        (_terminal, _endProcess, _options, _discard) = (terminal, endProcess, options, discard);
        _cancellation = cancellation;
        _started = _working = terminal.Clock.GetTimestamp();
        _thread = new Thread(Watch) { IsBackground = true, Name = "query watch" };
        _thread.Start();
    }

    /// <summary>Starts to watch, until disposed; null where the process is not this program's own.</summary>
    /// <param name="terminal">Where the last line goes.</param>
    /// <param name="options">The limits.</param>
    /// <param name="discard">Removes what must not stay when the process ends: files that are not whole.</param>
    /// <param name="cancellation">Once cancelled, the statement has to end too.</param>
    public static QueryWatch? Start(
        Terminal terminal,
        UserSqlOptions options,
        Action discard,
        CancellationToken cancellation
    ) =>
        terminal.EndProcess is { } endProcess
            ? new QueryWatch(terminal, endProcess, options, discard, cancellation)
            : null;

    /// <summary>Returns when nothing can end the process any more.</summary>
    public void Dispose()
    {
        _done.Set();
        _thread.Join();
        _done.Dispose();
        _memory.Dispose();
    }

    private void Watch()
    {
        while (!_done.WaitOne(Interval))
        {
            if (Broken() is not { } limit)
                continue;
            try
            {
                _discard();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }

            var failure = Failure.Of(limit);
            _terminal.Note($"adx: {failure.Line}");
            _endProcess(failure.Code);
        }
    }

    private Exception? Broken()
    {
        var limits = _options.Limits;
        if (_memory.Bytes() > ((long)limits.MemoryLimitMebibytes + AllowanceMebibytes) << 20)
            return new QueryException(
                QueryFailure.OutOfMemory,
                $"the query takes more memory than its limit of {Number(limits.MemoryLimitMebibytes)} MiB; raise --memory or engine.memory_mib, or select less"
            );
        if (_cancellation.IsCancellationRequested)
            _cancelled ??= _terminal.Clock.GetTimestamp();
        if (_cancelled is { } since && _terminal.Clock.GetElapsedTime(since) > Grace)
            return new OperationCanceledException(_cancellation);
        // Whoever reads the rows slowly may do so.
        if (_terminal.Output is StandardOutput { IsWriting: true })
            _working = _terminal.Clock.GetTimestamp();
        return
            _options.TimeLimit is { } limit
            && _terminal.Clock.GetElapsedTime(_started) > limit + Grace
            && _terminal.Clock.GetElapsedTime(_working) > Grace
            ? QueryException.TimedOut(limit)
            : null;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
