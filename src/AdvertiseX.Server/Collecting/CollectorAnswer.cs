using System.Text.Json;
using System.Text.Json.Serialization;
using AdvertiseX.Events;
using AdvertiseX.Spool;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>What the sender of a delivery is told.</summary>
internal static class CollectorAnswer
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="context">The request.</param>
    /// <param name="receipt">Where the delivery is kept.</param>
    /// <param name="verdicts">What is known of each event; null if nobody asked, or nothing is known.</param>
    /// <param name="isFinal">Whether the lake has said it.</param>
    public static async Task WriteAsync(
        HttpContext context,
        SpoolReceipt receipt,
        IReadOnlyList<EventVerdict>? verdicts,
        bool isFinal
    )
    {
        context.Response.StatusCode = isFinal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                receipt.Stream,
                receipt.Position,
                Repeated = receipt.IsRepeat,
                Committed = isFinal,
                Counts = verdicts is null ? null : CountsOf(verdicts),
                Events = verdicts?.Select(EventOf),
            },
            Json
        );
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static Dictionary<string, int> CountsOf(IReadOnlyList<EventVerdict> verdicts)
    {
        var counts = new Dictionary<string, int> { ["received"] = verdicts.Count };
        foreach (var outcome in Enum.GetValues<EventOutcome>())
            if (verdicts.Count(verdict => verdict.Outcome == outcome) is > 0 and var count)
                counts[NameOf(outcome)] = count;
        return counts;
    }

    private static object EventOf(EventVerdict verdict, int index) =>
        new
        {
            Event = index,
            Outcome = NameOf(verdict.Outcome),
            Kind = verdict.Kind is { } kind ? NameOf(kind) : null,
            verdict.EventId,
            Reason = verdict.Reason is { } reason ? NameOf(reason) : null,
            verdict.Field,
            verdict.Expected,
            verdict.Found,
        };

    private static string NameOf(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
