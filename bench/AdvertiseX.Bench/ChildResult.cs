using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace AdvertiseX.Bench;

/// <summary>What one child process cost, as it told itself at its end; wall time is from its start to its end, seen from outside.</summary>
internal sealed record ChildResult(double WallSeconds, double CpuSeconds, double PeakMegabytes, double AllocatedMegabytes)
{
    private const string Prefix = "cost: ";

    /// <summary>Steps with their seconds, where the child told them.</summary>
    public Dictionary<string, double> Steps { get; init; } = [];

    /// <summary>Called by a child as its last act.</summary>
    public static void Tell(IReadOnlyDictionary<string, double>? steps = null)
    {
        var cpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        var result = new ChildResult(0, cpu, PeakBytes() / 1e6, GC.GetTotalAllocatedBytes() / 1e6) { Steps = new(steps ?? new Dictionary<string, double>()) };
        Console.WriteLine(Prefix + JsonSerializer.Serialize(result));
    }

    /// <summary>Runs this program again with arguments and waits for it.</summary>
    /// <exception cref="InvalidOperationException">The child failed.</exception>
    public static ChildResult Of(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Started as "dotnet Bench.dll" the process is dotnet.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(ChildResult).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        long began = Stopwatch.GetTimestamp();
        using var child = Process.Start(start)!;
        ChildResult? result = null;
        while (child.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(Prefix, StringComparison.Ordinal)) result = JsonSerializer.Deserialize<ChildResult>(line[Prefix.Length..]);
            else Console.Error.WriteLine(line);
        }

        child.WaitForExit();
        double wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (child.ExitCode != 0 || result == null)
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {child.ExitCode}");
        return result with { WallSeconds = wall };
    }

    // The kernel's own high-water mark of resident memory.
    private static double PeakBytes()
    {
        if (!File.Exists("/proc/self/status")) return Process.GetCurrentProcess().PeakWorkingSet64;
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line[6..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }
}
