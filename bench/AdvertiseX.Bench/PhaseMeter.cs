using System.Diagnostics;
using System.Globalization;

namespace AdvertiseX.Bench;

/// <summary>What one phase of a run cost; a phase that was left and entered again is one.</summary>
internal sealed record PhaseCost(double WallSeconds, double CpuSeconds, double PeakMegabytes);

/// <summary>
/// Charges wall time, CPU time and the peak of resident memory to the phase that this process is in. For one thread.
/// </summary>
internal sealed class PhaseMeter
{
    private readonly Dictionary<string, PhaseCost> _phases = [];
    private string? _current;
    private long _began;
    private TimeSpan _cpu;

    public IReadOnlyDictionary<string, PhaseCost> Phases => _phases;

    /// <summary>Ends the phase that was and begins another.</summary>
    public void Enter(string phase)
    {
        if (_current == phase)
            return;
        Leave();
        (_current, _began, _cpu) = (phase, Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
    }

    /// <summary>Ends the phase.</summary>
    public void Leave()
    {
        if (_current is { } phase)
        {
            var before = _phases.GetValueOrDefault(phase) ?? new PhaseCost(0, 0, 0);
            _phases[phase] = new PhaseCost(
                before.WallSeconds + Stopwatch.GetElapsedTime(_began).TotalSeconds,
                before.CpuSeconds + (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds,
                Math.Max(before.PeakMegabytes, PeakBytes() / 1e6)
            );
            _current = null;
        }

        ForgetPeak();
    }

    /// <summary>The kernel's own high-water mark of resident memory, since the start or the last phase.</summary>
    public static double PeakBytes()
    {
        if (!File.Exists("/proc/self/status"))
            return Process.GetCurrentProcess().PeakWorkingSet64;
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    // proc(5): writing 5 resets the high-water mark. Where that cannot be, later phases show the peak of earlier ones
    // too.
    private static void ForgetPeak()
    {
        const string Reset = "/proc/self/clear_refs";
        try
        {
            if (File.Exists(Reset))
                File.WriteAllText(Reset, "5");
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"peaks of phases are not apart: {denied.Message}");
        }
    }
}
