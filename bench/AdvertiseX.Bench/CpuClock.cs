namespace AdvertiseX.Bench;

/// <summary>A clock whose date is the system's and whose time stamps count the CPU time of this process: what is timed
/// with it, is charged.</summary>
internal sealed class CpuClock : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
