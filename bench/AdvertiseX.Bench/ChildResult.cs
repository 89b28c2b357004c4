using System.Diagnostics;
using System.Text.Json;

namespace AdvertiseX.Bench;

/// <summary>What one child process cost, as it told itself at its end; wall time is from its start to its end, seen
/// from outside.</summary>
internal sealed record ChildResult(
    double WallSeconds,
    double CpuSeconds,
    double PeakMegabytes,
    double AllocatedMegabytes
)
{
    private const string Prefix = "cost: ";

    /// <summary>Steps with their seconds, where the child told them.</summary>
    public Dictionary<string, double> Steps { get; init; } = [];

    /// <summary>CPU seconds of steps, where the child told them.</summary>
    public Dictionary<string, double> StepCpu { get; init; } = [];

    /// <summary>What its phases cost, where the child told them apart.</summary>
    public Dictionary<string, PhaseCost> Phases { get; init; } = [];

    /// <summary>What the child found, a row for each thing, where it told that.</summary>
    public List<string[]> Rows { get; init; } = [];

    /// <summary>Called by a child as its last act.</summary>
    public static void Tell(IReadOnlyDictionary<string, double>? steps = null) =>
        Tell(new ChildResult(0, 0, 0, 0) { Steps = new(steps ?? new Dictionary<string, double>()) });

    /// <summary>The same with more than steps; what the process cost is filled in.</summary>
    public static void Tell(ChildResult found)
    {
        var peak = Math.Max(
            PhaseMeter.PeakBytes() / 1e6,
            found.Phases.Values.Select(phase => phase.PeakMegabytes).DefaultIfEmpty().Max()
        );
        var result = found with
        {
            CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
            PeakMegabytes = peak,
            AllocatedMegabytes = GC.GetTotalAllocatedBytes() / 1e6,
        };
        Console.WriteLine(Prefix + JsonSerializer.Serialize(result));
    }

    /// <summary>Runs this program again with arguments and waits for it.</summary>
    /// <exception cref="InvalidOperationException">The child failed.</exception>
    public static ChildResult Of(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Started as "dotnet Bench.dll" the process is dotnet.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(ChildResult).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var began = Stopwatch.GetTimestamp();
        using var child = Process.Start(start)!;
        ChildResult? result = null;
        while (child.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(Prefix, StringComparison.Ordinal))
                result = JsonSerializer.Deserialize<ChildResult>(line[Prefix.Length..]);
            else
                Console.Error.WriteLine(line);
        }

        child.WaitForExit();
        var wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (child.ExitCode != 0 || result == null)
            throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {child.ExitCode}");
        return result with { WallSeconds = wall };
    }
}
