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
    private const string Root = "/v1/";
    private const string KeyHeader = "Idempotency-Key";

    private readonly CollectorEnvironment _environment;
    private readonly CollectorMemory _memory;
    private readonly CollectorWork _work = new();
    private readonly DeliveryIntake _intake;
    private readonly CollectorGuard _guard;
    private int _requests;

    /// <param name="environment">Spool, judge and limits.</param>
    public CollectorRoutes(CollectorEnvironment environment)
    {
        _environment = environment;
        _memory = new CollectorMemory(environment.Options.MemoryBytes);
        _intake = new DeliveryIntake(environment, _memory, _work);
        _guard = new CollectorGuard(environment.Keys);
    }

    /// <summary>Bytes of bodies that are being answered.</summary>
    public long UsedBytes => _memory.Used;

    /// <summary>Requests that are being answered.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public void Map(WebApplication application) => application.Map(Root + "{**rest}", AnswerAsync);

    /// <summary>Answers that nothing is there, whatever else is asked for.</summary>
    public void MapRest(WebApplication application) => application.Map("/{**rest}", AnswerAsync);

    public void Dispose() => _work.Dispose();

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            RequireRoom();
            _guard.RequireLoopbackName(context);
            RequireNoPage(context);
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

    private static void RequireNoPage(HttpContext context)
    {
        if (context.Request.Headers.Origin.Count > 0)
            throw CollectorProblem.Forbidden(
                "other-origin",
                "requests of pages in browsers are not taken: the request has the header Origin"
            );
    }

    private static Feed FeedOf(HttpContext context)
    {
        var feed =
            (
                context.Request.Path.Value is { } path && path.StartsWith(Root, StringComparison.Ordinal)
                    ? FeedPaths.Find(path[Root.Length..])
                    : null
            )
            ?? throw CollectorProblem.NotFound(
                $"nothing is at {context.Request.Path}; events are posted to {string.Join(", ", FeedPaths.Names.Select(each => $"/v1/{each}"))}"
            );
        if (!HttpMethods.IsPost(context.Request.Method))
            throw CollectorProblem.NoMethod("POST");
        return feed;
    }

    private async Task TakeAsync(HttpContext context, Feed feed)
    {
        var sender = _guard.Require(context.Request, feed);
        _intake.RequireOpen();
        var key = KeyOf(context.Request) is { } given ? DeliveryName.Of(sender, given) : null;
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
