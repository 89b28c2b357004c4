using System.Diagnostics;

namespace AdvertiseX.Bench.Streaming;

/// <summary>CPU time by message of a process that reads a topic, from the first tenth on: what comes before is its
/// start. For one thread.</summary>
/// <param name="count">Messages that will be read.</param>
internal sealed class CatchUpMeter(long count)
{
    private long _readAt;
    private double _cpuAt;
    private long _began;
    private long _read;

    /// <summary>So many messages were read so far.</summary>
    public void Read(long read)
    {
        _read = read;
        if (_began != 0 || read < count / 10)
            return;
        (_readAt, _cpuAt, _began) = (read, Cpu, Stopwatch.GetTimestamp());
    }

    /// <summary>What it came to: CPU seconds a million, messages a second.</summary>
    public ChildResult Result()
    {
        var messages = _read - _readAt;
        return new(0, 0, 0, 0)
        {
            StepCpu = new() { ["million"] = (Cpu - _cpuAt) / messages * 1e6 },
            Steps = new() { ["rate"] = messages / Stopwatch.GetElapsedTime(_began).TotalSeconds },
        };
    }

    private static double Cpu => Environment.CpuUsage.TotalTime.TotalSeconds;
}
