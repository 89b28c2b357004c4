using System.Net;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;
using AdvertiseX.Messages;
using AdvertiseX.Spool;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>
/// The HTTP collector: POST /v1/impressions, /v1/interactions and /v1/bid-requests. It acknowledges what the spool has
/// kept, and nothing else. Thread-safe.
/// </summary>
/// <param name="environment">Spool, judge and limits.</param>
internal sealed class CollectorRoutes(CollectorEnvironment environment)
{
    private const string KeyHeader = "Idempotency-Key";

    private static readonly Dictionary<string, Feed> Feeds = new(StringComparer.Ordinal)
    {
        ["impressions"] = Feed.Impressions,
        ["interactions"] = Feed.ClicksConversions,
        ["bid-requests"] = Feed.BidRequests,
    };

    private readonly CollectorMemory _memory = new(environment.Options.MemoryBytes);

    /// <summary>Bytes of bodies that are being answered.</summary>
    public long UsedBytes => _memory.Used;

    public void Map(WebApplication application) => application.Map("/v1/{*rest}", AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            RequireSameSite(context);
            var feed = FeedOf(context);
            await TakeAsync(context, feed);
        }
        catch (CollectorProblem problem)
        {
            await problem.AnswerAsync(context);
        }
        catch (SpoolUnavailableException unavailable)
        {
            await CollectorProblem.Unavailable(unavailable).AnswerAsync(context);
        }
        catch (DeliveryKeyReusedException reused)
        {
            await CollectorProblem.KeyReused(reused.Message).AnswerAsync(context);
        }
        catch (Exception gone)
            when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered. What was kept is kept.
        }
    }

    // A page of some site that is open in a browser on this machine reaches a server on loop-back too.
    private static void RequireSameSite(HttpContext context)
    {
        if (context.Request.Headers.Origin.Count > 0)
            throw CollectorProblem.Forbidden(
                "other-origin",
                "requests of pages in browsers are not taken: the request has the header Origin"
            );
        if (
            context.Connection.LocalIpAddress is { } local
            && IPAddress.IsLoopback(local)
            && !IsLoopback(context.Request.Host.Host)
        )
            throw CollectorProblem.Forbidden(
                "other-host",
                $"Host is \"{context.Request.Host}\"; allowed on loop-back: localhost and loop-back addresses"
            );
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static Feed FeedOf(HttpContext context)
    {
        var name = context.Request.Path.Value!["/v1/".Length..];
        if (!Feeds.TryGetValue(name, out var feed))
            throw CollectorProblem.NotFound(
                $"nothing is at {context.Request.Path}; events are posted to {string.Join(", ", Feeds.Keys.Select(each => $"/v1/{each}"))}"
            );
        if (!HttpMethods.IsPost(context.Request.Method))
            throw CollectorProblem.NoMethod("POST");
        return feed;
    }

    private async Task TakeAsync(HttpContext context, Feed feed)
    {
        // Before the body is read, where nothing could be kept anyway.
        if (environment.Spool.Refusal is { } refusal)
            throw new SpoolUnavailableException(refusal, TimeSpan.FromSeconds(1));
        var key = KeyOf(context.Request);
        var format = BodyFormat.Of(context.Request);
        var preferences = Preferences.Of(context.Request, environment.Options.MaxWait);
        using var body = await RequestBody.ReadAsync(context, environment.Options, _memory);
        RequireUnpacked(body);
        var received = environment.MicrosNow();
        var receipt = await environment.Spool.KeepAsync(
            new Delivery(feed, format, body.Bytes) { Key = key },
            context.RequestAborted
        );
        if (preferences.Applied.Length > 0)
            context.Response.Headers["Preference-Applied"] = preferences.Applied;
        if (preferences.Wait is { } wait && await WaitAsync(receipt, wait, context.RequestAborted) is { } final)
        {
            await CollectorAnswer.WriteAsync(context, receipt, final, isFinal: true);
            return;
        }

        var verdicts = preferences.Verdicts ? await JudgeAsync(feed, format, body, received, context) : null;
        await CollectorAnswer.WriteAsync(context, receipt, verdicts, isFinal: false);
    }

    // The blocks of an Avro container are compressed by themselves.
    private void RequireUnpacked(RequestBody body)
    {
        if (!AvroHeader.HasMagic(body.Bytes.Span))
            return;
        _memory.Take(environment.Options.MaxBodyBytes);
        try
        {
            if (!AvroContainerSize.Fits(body.Bytes, environment.Options.MaxBodyBytes))
                throw CollectorProblem.TooLarge(environment.Options.MaxBodyBytes);
        }
        finally
        {
            _memory.Give(environment.Options.MaxBodyBytes);
        }
    }

    /// <summary>Null if it took longer, or is not known any more.</summary>
    private async Task<IReadOnlyList<EventVerdict>?> WaitAsync(
        SpoolReceipt receipt,
        TimeSpan wait,
        CancellationToken aborted
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limit.CancelAfter(wait);
        try
        {
            return await environment.Spool.CommittedAsync(receipt, limit.Token);
        }
        catch (Exception over)
            when (over is OperationCanceledException or ObjectDisposedException && !aborted.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Null if a registry does not say in time what the events are written in.</summary>
    private async Task<IReadOnlyList<EventVerdict>?> JudgeAsync(
        Feed feed,
        MessageFormat format,
        RequestBody body,
        long received,
        HttpContext context
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(environment.Options.MaxWait);
        try
        {
            return await environment.Judge.JudgeAsync(feed, format, body.Bytes, received, limit.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <exception cref="CollectorProblem">400: it is none.</exception>
    private static string? KeyOf(HttpRequest request)
    {
        var values = request.Headers[KeyHeader];
        if (values.Count == 0)
            return null;
        var key = values.ToString().Trim();
        // As the draft of the header has it, a text in quotes; without them too.
        if (key.Length > 1 && key[0] == '"' && key[^1] == '"')
            key = key[1..^1];
        return
            values.Count == 1
            && key.Length is > 0 and <= Delivery.MaxKeyBytes
            && key.All(each => each is > ' ' and <= '~')
            ? key
            : throw CollectorProblem.BadRequest(
                $"{KeyHeader} is \"{key}\"; allowed: one, of 1 to {Delivery.MaxKeyBytes} visible ASCII characters"
            );
    }
}
