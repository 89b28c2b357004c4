using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace AdvertiseX.Bench.Collecting;

/// <summary>
/// The HTTP collector beside an endpoint that only flushes the same bytes, and with the worker that brings them into a
/// lake of seven days. Server and sender are processes of their own on one machine, and share its processors.
/// </summary>
internal sealed class CollectorBench(string root)
{
    private const int LakeDays = 7;
    private const int LakeRate = 20_000;
    private const int Connections = 64;
    private static readonly string[] Kinds = ["bare", "collector", "serve"];

    /// <param name="seconds">Of each measurement.</param>
    /// <param name="kinds">Servers; null for all.</param>
    public async Task RunAsync(double seconds, string[]? kinds = null)
    {
        foreach (var batch in new[] { 100, 1 })
        {
            Console.WriteLine(
                $"""

                {batch} impressions a request, {Connections} connections, {seconds:0} s:

                | server | requests/s | events/s | p50 ms | p99 ms | server CPU s a million events | events/s a core of the server | freshness s, median | 99 % | peak MB |
                |---|---|---|---|---|---|---|---|---|---|
                """
            );
            foreach (var kind in kinds ?? Kinds)
                Console.WriteLine(await LineAsync(kind, batch, seconds));
        }
    }

    private async Task<string> LineAsync(string kind, int batch, double seconds)
    {
        var folder = Directory.CreateTempSubdirectory("adx-collector-").FullName;
        try
        {
            if (kind == "serve")
                await new AgedLake(
                    Path.Combine(folder, "lake"),
                    LakeRate,
                    LakeDays,
                    TimeLayout.Micros,
                    new MadeKeys(Path.Combine(root, "made-keys")),
                    TimeProvider.System.GetUtcNow()
                ).MakeAsync();
            var (load, server) = await MeasureAsync(kind, folder, batch, seconds);
            var events = load.Steps["events"];
            var cpu = server.Steps["served_cpu"];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind} | {load.Steps["requests"] / load.Steps["seconds"]:N0} | {events / load.Steps["seconds"]:N0} | {load.Steps["p50"]:F1} | {load.Steps["p99"]:F1} | {cpu / events * 1e6:F2} | {events / cpu:N0} | {Fresh(server, "fresh_p50")} | {Fresh(server, "fresh_p99")} | {server.PeakMegabytes:F0} |"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Fresh(ChildResult server, string step) =>
        server.Steps.TryGetValue(step, out var value) ? value.ToString("F2", CultureInfo.InvariantCulture) : "";

    private static async Task<(ChildResult Load, ChildResult Server)> MeasureAsync(
        string kind,
        string folder,
        int batch,
        double seconds
    )
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(ChildResult).Assembly.Location);
        foreach (var argument in new[] { "run-http-server", kind, folder })
            start.ArgumentList.Add(argument);
        using var server = Process.Start(start)!;
        var line = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("no port");
        var load = ChildResult.Of(
            "run-http-load",
            line["port: ".Length..],
            Connections.ToString(CultureInfo.InvariantCulture),
            batch.ToString(CultureInfo.InvariantCulture),
            seconds.ToString(CultureInfo.InvariantCulture)
        );
        await server.StandardInput.WriteLineAsync();
        while (
            (line = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("no result"))
                is not null
        )
            if (line.StartsWith("cost: ", StringComparison.Ordinal))
                break;
        await server.WaitForExitAsync();
        return (load, JsonSerializer.Deserialize<ChildResult>(line!["cost: ".Length..])!);
    }
}
