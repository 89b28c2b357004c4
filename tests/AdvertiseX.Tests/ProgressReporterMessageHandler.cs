using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit.Runner.Common;
using Xunit.Sdk;

namespace AdvertiseX.Tests;

/// <summary>Counts tests as they end and says so now and then. Failures are shown by the quiet reporter that it
/// extends.</summary>
internal sealed class ProgressReporterMessageHandler : QuietReporterMessageHandler, IAsyncDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(10);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ConcurrentDictionary<string, (ITestStarting Test, long Start)> _running = new(
        StringComparer.Ordinal
    );
    private readonly SortedDictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private int _passed;
    private int _failed;
    private int _elsewhere;

    public ProgressReporterMessageHandler(IRunnerLogger logger)
        : base(logger)
    {
        Execution.TestPassedEvent += _ => Interlocked.Increment(ref _passed);
        Execution.TestNotRunEvent += args =>
        {
            if (_running.TryGetValue(args.Message.TestUniqueID, out var run) && run.Test.Explicit)
                Interlocked.Increment(ref _elsewhere);
        };
        var period = _isTerminal ? OnTerminal : Elsewhere;
        _timer = new Timer(_ => Show(), null, period, period);
    }

    protected override void HandleTestStarting(MessageHandlerArgs<ITestStarting> args)
    {
        base.HandleTestStarting(args);
        _running[args.Message.TestUniqueID] = (args.Message, Stopwatch.GetTimestamp());
    }

    protected override void HandleTestFinished(MessageHandlerArgs<ITestFinished> args)
    {
        base.HandleTestFinished(args);
        _running.TryRemove(args.Message.TestUniqueID, out _);
    }

    protected override void HandleTestFailed(MessageHandlerArgs<ITestFailed> args)
    {
        Interlocked.Increment(ref _failed);
        Above(() => base.HandleTestFailed(args));
    }

    protected override void HandleErrorMessage(MessageHandlerArgs<IErrorMessage> args) =>
        Above(() => base.HandleErrorMessage(args));

    protected override void HandleTestSkipped(MessageHandlerArgs<ITestSkipped> args)
    {
        lock (_gate)
            _skipped[args.Message.Reason] = _skipped.GetValueOrDefault(args.Message.Reason) + 1;
    }

    protected override void HandleTestAssemblyFinished(MessageHandlerArgs<ITestAssemblyFinished> args)
    {
        _timer.Dispose();
        Above(() =>
        {
            base.HandleTestAssemblyFinished(args);
            foreach (var (reason, count) in _skipped)
                Logger.LogMessage($"skipped {count}: {reason}");
            if (_elsewhere > 0)
                Logger.LogMessage($"left to ./build.sh integration: {_elsewhere}");
        });
    }

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        _timer.Dispose();
        return base.DisposeAsync();
    }

    /// <summary>Writes lines where the line of progress stands.</summary>
    private void Above(Action write)
    {
        lock (_gate)
        {
            if (_isTerminal)
                Console.Error.Write("\r\e[K");
            write();
        }
    }

    private void Show()
    {
        var seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        var line = $"{_passed} passed, {_failed} failed, {seconds:0} s";
        var oldest = _running.Values.OrderBy(run => run.Start).FirstOrDefault();
        if (oldest.Test is not null && Stopwatch.GetElapsedTime(oldest.Start) is { TotalSeconds: >= 10 } since)
            line +=
                $"; {since.TotalSeconds:0} s of {oldest.Test.TestDisplayName.Replace("AdvertiseX.", "", StringComparison.Ordinal)}";
        lock (_gate)
        {
            if (_isTerminal)
                Console.Error.Write($"\r{line}\e[K");
            else
                Console.Error.WriteLine(line);
        }
    }
}
