using System.Runtime.InteropServices;

namespace AdvertiseX.DuckDb.Native;

/// <summary>
/// Waits while other threads work on a statement, a little longer each time up to half a millisecond. DuckDB's own loop
/// asks again at once, and takes a processor from those who work.
/// </summary>
internal unsafe partial struct TaskWait
{
    private const int QuickTries = 20;
    private const int StepNanos = 50_000;
    private const int LongestNanos = 500_000;

    private int _tries;

    /// <summary>Work was found: the next wait begins with short ones.</summary>
    public void Reset() => _tries = 0;

    public void Once()
    {
        _tries++;
        if (_tries <= QuickTries)
        {
            Thread.SpinWait(30);
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            // Its shortest sleep is many milliseconds.
            Thread.Yield();
            return;
        }

        var time = new Timespec { Nanos = Math.Min((_tries - QuickTries) * StepNanos, LongestNanos) };
        _ = NanoSleep(&time, null);
    }

    // struct timespec of POSIX on 64-bit systems.
    private struct Timespec
    {
        public long Seconds;
        public long Nanos;
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(Timespec* request, Timespec* remaining);
}
