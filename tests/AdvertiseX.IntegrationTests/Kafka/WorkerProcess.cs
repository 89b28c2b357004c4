using System.Collections.Concurrent;
using System.Diagnostics;
using AdvertiseX.IntegrationTests.Lake;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>A worker that something happens to.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int Killed = 137;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private bool _isDisposed;

    /// <summary>Starts it.</summary>
    /// <param name="world">Topics and lake.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="step">It is killed at this step; at none if empty.</param>
    /// <param name="hit">The how many-th time it gets there.</param>
    public WorkerProcess(StreamWorld world, string[] args, string step = "", int hit = 0)
    {
        _process = world.Start(
            args,
            step.Length == 0
                ? []
                :
                [
                    ("DOTNET_STARTUP_HOOKS", typeof(WorkerProcess).Assembly.Location),
                    (CrashingCommand.StepVariable, step),
                    (CrashingCommand.HitVariable, $"{hit}"),
                ]
        );
        _process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public bool HasEndedWell => HasExited && _process.ExitCode == 0;

    /// <summary>Everything that it printed so far.</summary>
    public string Said => string.Join('\n', _said);

    public void Kill() => _process.Kill();

    public void Signal(string signal) => StreamWorld.Signal(_process, signal);

    /// <summary>Waits until it says something, has ended, or the time is over; false in the last two cases.</summary>
    public async Task<bool> WaitForAsync(string said, TimeSpan limit)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Said.Contains(said, StringComparison.Ordinal))
                return true;
            if (HasExited || Stopwatch.GetElapsedTime(began) > limit)
                return false;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for its end, but not longer than so; whether it has ended.</summary>
    public async Task<bool> HasEndedInAsync(TimeSpan limit)
    {
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(limit, TestContext.Current.CancellationToken));
        return HasExited;
    }

    /// <summary>Waits for its end; fails unless it ended well or was killed.</summary>
    public async Task EndAsync()
    {
        var hasEnded = await HasEndedInAsync(Limit);
        Assert.True(hasEnded, $"a worker did not end: {Said}");
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode is 0 or Killed, $"a worker ended with {_process.ExitCode}: {Said}");
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
