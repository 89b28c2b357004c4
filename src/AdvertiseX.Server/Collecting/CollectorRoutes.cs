using System.Net;
using AdvertiseX.Events;
using AdvertiseX.Spool;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>
/// The HTTP collector: POST /v1/impressions, /v1/interactions and /v1/bid-requests. It acknowledges what the spool has
/// kept, and nothing else. Thread-safe.
/// </summary>
internal sealed class CollectorRoutes : IDisposable
{
    private const string KeyHeader = "Idempotency-Key";

    private static readonly Dictionary<string, Feed> Feeds = new(StringComparer.Ordinal)
    {
        ["impressions"] = Feed.Impressions,
        ["interactions"] = Feed.ClicksConversions,
        ["bid-requests"] = Feed.BidRequests,
    };

    private readonly CollectorEnvironment _environment;
    private readonly CollectorMemory _memory;
    private readonly CollectorWork _work = new();
    private readonly DeliveryIntake _intake;
    private int _requests;

    /// <param name="environment">Spool, judge and limits.</param>
    public CollectorRoutes(CollectorEnvironment environment)
    {
        _environment = environment;
        _memory = new CollectorMemory(environment.Options.MemoryBytes);
        _intake = new DeliveryIntake(environment, _memory, _work);
    }

    /// <summary>Bytes of bodies that are being answered.</summary>
    public long UsedBytes => _memory.Used;

    /// <summary>Requests that are being answered.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public void Map(WebApplication application) => application.Map("/v1/{*rest}", AnswerAsync);

    public void Dispose() => _work.Dispose();

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            RequireRoom();
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
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }

    private void RequireRoom()
    {
        if (Interlocked.Increment(ref _requests) > _environment.Options.MaxRequests)
            throw CollectorProblem.Busy(
                $"{_environment.Options.MaxRequests} requests are being answered (collector.max_requests)"
            );
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
        _intake.RequireOpen();
        var key = KeyOf(context.Request);
        using var body = await _intake.ReceiveAsync(context);
        await _intake.TakeAsync(context, feed, body, key);
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
