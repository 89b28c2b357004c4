using System.Text.Json;
using AdvertiseX.Kafka.Consuming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Metrics;

namespace AdvertiseX.Server;

/// <summary>What those ask who watch a resident process: /metrics, /health/live and /health/ready.</summary>
internal static class WatchPages
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <param name="application">Gets the pages.</param>
    /// <param name="metrics">What /metrics shows.</param>
    /// <param name="reasons">Why the process is not ready; none if it is.</param>
    public static void Map(
        WebApplication application,
        MeterProvider metrics,
        Func<IReadOnlyList<NotReadyReason>> reasons
    )
    {
        application.UseOpenTelemetryPrometheusScrapingEndpoint(metrics, null, "/metrics", null, null);
        application.MapMethods("/health/live", Reading, context => AnswerAsync(context, 200, "live", []));
        application.MapMethods(
            "/health/ready",
            Reading,
            context =>
                reasons() is { Count: > 0 } why
                    ? AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "not_ready", why)
                    : AnswerAsync(context, StatusCodes.Status200OK, "ready", [])
        );
    }

    private static string[] Reading => [HttpMethods.Get, HttpMethods.Head];

    private static Task AnswerAsync(HttpContext context, int code, string status, IReadOnlyList<NotReadyReason> reasons)
    {
        context.Response.StatusCode = code;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(new { status, reasons }, Json, context.RequestAborted);
    }
}
