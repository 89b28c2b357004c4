using System.Globalization;
using System.Net;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Messages;
using AdvertiseX.Server;
using AdvertiseX.Server.Collecting;
using AdvertiseX.Spool;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Bench.Collecting;

/// <summary>A server in a process of its own: it prints its port, and what it cost when it is told to end.</summary>
internal static class CollectorServer
{
    /// <param name="kind">bare: only flushes the bytes; collector: the collector and its spool; serve: with the worker
    /// that brings them into the lake.</param>
    /// <param name="folder">A folder of its own, with a lake for serve.</param>
    public static async Task RunAsync(string kind, string folder)
    {
        if (kind == "bare")
        {
            using var bare = new BareSpool(folder);
            await AnswerAsync(application =>
                application.MapPost(
                    "/v1/impressions",
                    async context =>
                    {
                        var body = new byte[context.Request.ContentLength!.Value];
                        await context.Request.Body.ReadExactlyAsync(body);
                        await bare.KeepAsync(body);
                        context.Response.StatusCode = StatusCodes.Status202Accepted;
                    }
                )
            );
            return;
        }

        using var spool = new EventSpool(
            new SpoolEnvironment(
                new LocalSpoolDisk(Path.Combine(folder, "spool")),
                new SpoolOptions(),
                TimeProvider.System,
                notice => Console.Error.WriteLine(notice.Text)
            )
        );
        using var judge = new DeliveryJudge(new IngestOptions(), KnownSchemas.Shipped);
        var routes = new CollectorRoutes(
            new CollectorEnvironment(spool, judge, new CollectorOptions(), TimeProvider.System)
        );
        if (kind == "collector")
        {
            await AnswerAsync(routes.Map);
            return;
        }

        using var lake = await DataLake.OpenAsync(Path.Combine(folder, "lake"));
        var before = lake.Ledger.Version;
        var worker = new SpoolWorker(
            new SpoolWorkerEnvironment(
                new IngestEnvironment(lake),
                spool,
                KnownSchemas.Shipped,
                judge,
                notice => Console.Error.WriteLine(notice.Text)
            ),
            new LiveOptions()
        );
        using var stop = new CancellationTokenSource();
        var running = worker.RunAsync(stop.Token);
        await AnswerAsync(
            routes.Map,
            async () =>
            {
                while (spool.Segments.Waiting > 0 && !running.IsCompleted)
                    await Task.Delay(50);
                await stop.CancelAsync();
                await running;
                var freshness = await LedgerFreshness.OfAsync(lake, before, "impressions");
                return new Dictionary<string, double>
                {
                    ["accepted"] = worker.Tally.CountsOf(EventKind.Impression).Accepted,
                    ["fresh_p50"] = freshness[0],
                    ["fresh_p99"] = freshness[1],
                };
            }
        );
    }

    private static async Task AnswerAsync(
        Action<WebApplication> map,
        Func<Task<Dictionary<string, double>>>? end = null
    )
    {
        await using var http = await HttpService.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), map);
        Console.WriteLine($"port: {http.EndPoint.Port.ToString(CultureInfo.InvariantCulture)}");
        await Console.In.ReadLineAsync();
        var served = Environment.CpuUsage.TotalTime.TotalSeconds;
        var steps = end is null ? [] : await end();
        steps["served_cpu"] = served;
        ChildResult.Tell(steps);
    }
}
