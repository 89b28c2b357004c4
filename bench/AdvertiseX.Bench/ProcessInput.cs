using System.Globalization;

namespace AdvertiseX.Bench;

/// <summary>What this process has used so far: CPU, bytes asked of files and written to them.</summary>
/// <param name="CpuSeconds">User and system.</param>
/// <param name="Read">Bytes read, from caches or a disk (<c>rchar</c> of proc(5)).</param>
/// <param name="Written">Bytes written.</param>
internal readonly record struct ProcessInput(double CpuSeconds, long Read, long Written)
{
    public static ProcessInput Now
    {
        get
        {
            var io = File.ReadAllLines("/proc/self/io");
            return new(Environment.CpuUsage.TotalTime.TotalSeconds, Of(io, "rchar: "), Of(io, "wchar: "));
        }
    }

    public static ProcessInput operator -(ProcessInput left, ProcessInput right) =>
        new(left.CpuSeconds - right.CpuSeconds, left.Read - right.Read, left.Written - right.Written);

    private static long Of(string[] io, string name) =>
        long.Parse(
            io.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..],
            CultureInfo.InvariantCulture
        );
}
