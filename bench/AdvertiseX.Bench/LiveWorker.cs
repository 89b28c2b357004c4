using System.Diagnostics;
using System.Diagnostics.Metrics;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Bench;

/// <summary>What one worker of several is to do.</summary>
/// <param name="Rows">Rows of a unit.</param>
/// <param name="Period">Seconds between the beginnings of two commits; 0 for as fast as it can.</param>
/// <param name="Seconds">How long.</param>
/// <param name="Shared">Part of the rows that all workers have in the same period.</param>
/// <param name="Late">Part of the rows that are late, by up to seven days.</param>
/// <param name="IsLive">Whether late rows of its stream are shared by files.</param>
/// <param name="AtOnce">Whether all workers commit at the same times, or each at times of its own.</param>
internal sealed record LiveWork(
    int Rows,
    double Period,
    double Seconds,
    double Shared = 0,
    double Late = 0,
    bool IsLive = true,
    bool AtOnce = false
);

/// <summary>A process that commits units of a stream of its own into a lake where others do the same.</summary>
internal static class LiveWorker
{
    /// <summary>The file whose making begins the work.</summary>
    public const string Gate = "started";

    private const int Warm = 40;
    private const long LargestStream = 1_000_000;
    private static readonly DateTimeOffset First = new(2025, 6, 30, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The child: what the compiler does is done in a lake of its own before all begin.</summary>
    public static async Task<ChildResult> RunAsync(string folder, int worker, LiveWork work)
    {
        var warm = Directory.CreateTempSubdirectory("adx-warm-").FullName;
        (await DataLake.OpenAsync(warm, create: true)).Dispose();
        await CommitAsync(warm, worker, work with { Period = 0, Seconds = 600 }, Warm);
        Directory.Delete(warm, recursive: true);
        await File.WriteAllTextAsync(Path.Combine(folder, $"ready-{worker}"), "");
        while (!File.Exists(Path.Combine(folder, Gate)))
            await Task.Delay(5);
        return await CommitAsync(folder, worker, work, int.MaxValue);
    }

    private static async Task<ChildResult> CommitAsync(string folder, int worker, LiveWork work, int most)
    {
        using var telemetry = new IngestTelemetry();
        var stagings = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (telemetry.Owns(instrument) && instrument.Name == "adx.ingest.stagings")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref stagings, value));
        listener.Start();
        using var lake = await DataLake.OpenAsync(folder);
        using var committer = new UnitCommitter(new IngestEnvironment(lake) { Telemetry = telemetry });
        using var units = new LiveUnits(work.Rows, worker + 1, TimeLayout.Micros) { Late = (work.Late, 7) };
        var source = new UnitSource($"worker-{worker}", work.IsLive);
        var phase = work.AtOnce ? 0 : new Random(worker).NextDouble() * work.Period;
        var (cpu, latencies) = (0.0, new List<double>());
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < most; i++)
        {
            var due = phase + (i * work.Period);
            var wait = due - Stopwatch.GetElapsedTime(began).TotalSeconds;
            if (Stopwatch.GetElapsedTime(began).TotalSeconds > work.Seconds || due > work.Seconds)
                break;
            var now = Micros(First.AddSeconds(i * 2));
            var shared = Enumerable
                .Range(0, (int)(work.Rows * work.Shared))
                .Select(k => LargestStream + (i * LargestStream) + k);
            var batch = units.Next(now, source.Name, i * LiveUnits.Rowspan, [.. shared]);
            using var unit = LiveUnits.UnitOf(batch, source, i * LiveUnits.Rowspan, now);
            if (wait > 0)
                await Task.Delay(TimeSpan.FromSeconds(wait));
            var from = Stopwatch.GetTimestamp();
            var used = Environment.CpuUsage.TotalTime;
            await committer.CommitAsync(unit, CancellationToken.None);
            cpu += (Environment.CpuUsage.TotalTime - used).TotalSeconds;
            latencies.Add(Stopwatch.GetElapsedTime(from).TotalSeconds);
        }

        latencies.Sort();
        return new(0, 0, 0, 0)
        {
            Steps = new()
            {
                ["commits"] = latencies.Count,
                ["stagings"] = stagings,
                ["puts"] = lake.Ledger.Delta.Tries,
                ["seconds"] = Stopwatch.GetElapsedTime(began).TotalSeconds,
            },
            StepCpu = new() { ["commits"] = cpu },
            Rows =
            [
                [.. latencies.Select(latency => latency.ToString("R"))],
            ],
        };
    }

    private static long Micros(DateTimeOffset time) =>
        (time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
