using AdvertiseX.Events;
using AdvertiseX.Spool;
using AdvertiseX.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>
/// The HTTP collector: POST /v1/impressions, /v1/interactions, /v1/bid-requests and /v1/webhooks/NAME, GET
/// /v1/pixel.gif and /v1/click. It acknowledges what the spool has kept, and nothing else. Thread-safe.
/// </summary>
internal sealed class CollectorRoutes : IDisposable
{
    private const string Root = "/v1/";
    private const string Pixel = "pixel.gif";
    private const string Click = "click";
    private const string Webhooks = "webhooks/";
    private const string KeyHeader = "Idempotency-Key";

    private readonly CollectorEnvironment _environment;
    private readonly CollectorMemory _memory;
    private readonly CollectorWork _work = new();
    private readonly DeliveryIntake _intake;
    private readonly CollectorGuard _guard;
    private readonly CrossOrigin _pages;
    private readonly PixelRoute _pixel;
    private readonly ClickRoute _clicks;
    private readonly WebhookRoute _webhooks;
    private int _requests;

    /// <param name="environment">Spool, judge and limits.</param>
    /// <exception cref="BadSettingException">A setting of the collector is not allowed.</exception>
    public CollectorRoutes(CollectorEnvironment environment)
    {
        _environment = environment;
        _memory = new CollectorMemory(environment.Options.MemoryBytes);
        _intake = new DeliveryIntake(environment, _memory, _work);
        CollectorTelemetry.Default.Watch(() => (Requests, UsedBytes));
        _guard = new CollectorGuard(environment.Keys);
        _pages = new CrossOrigin(environment.Options.CorsOrigins);
        _pixel = new PixelRoute(environment, _guard);
        _clicks = new ClickRoute(environment, _guard);
        _webhooks = new WebhookRoute(environment, _intake);
    }

    /// <summary>Bytes of bodies that are being answered.</summary>
    public long UsedBytes => _memory.Used;

    /// <summary>Requests that are being answered.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public void Map(WebApplication application)
    {
        application.Map(Root + "{**rest}", AnswerAsync);
        CollectorPages.Map(application);
    }

    /// <summary>Answers that nothing is there, whatever else is asked for.</summary>
    public void MapRest(WebApplication application) => application.Map("/{**rest}", AnswerAsync);

    public void Dispose()
    {
        CollectorTelemetry.Default.Watch(null);
        _work.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var began = _environment.Clock.GetTimestamp();
        try
        {
            RequireRoom();
            if (!_pages.Answer(context))
                await DispatchAsync(context);
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
        catch (Exception failed)
        {
            _environment.Failed?.Invoke(failed);
            await CollectorProblem.Failed().AnswerAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
            CollectorTelemetry.Default.Answered(
                RouteOf(context.Request.Path.Value!),
                context.Response.StatusCode,
                _environment.Clock.GetElapsedTime(began)
            );
        }
    }

    private void RequireRoom()
    {
        if (Interlocked.Increment(ref _requests) > _environment.Options.MaxRequests)
            throw CollectorProblem.Busy(
                $"{_environment.Options.MaxRequests} requests are being answered (collector.max_requests)"
            );
    }

    private Task DispatchAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (!path.StartsWith(Root, StringComparison.Ordinal))
            throw NothingAt(path);
        var name = path[Root.Length..];
        // A signature says more than an address.
        if (name.StartsWith(Webhooks, StringComparison.Ordinal))
            return _webhooks.AnswerAsync(context, name[Webhooks.Length..]);
        _guard.RequireLoopbackName(context);
        return name switch
        {
            Pixel => _pixel.AnswerAsync(context),
            Click => _clicks.AnswerAsync(context),
            _ => TakeAsync(context, FeedPaths.Find(name) ?? throw NothingAt(path)),
        };
    }

    // A sender must not make up names of metrics.
    private static string RouteOf(string path)
    {
        if (path.StartsWith(Root + Webhooks, StringComparison.Ordinal))
            return Root + Webhooks + "{name}";
        var isOurs =
            path.StartsWith(Root, StringComparison.Ordinal)
            && (path[Root.Length..] is Pixel or Click || FeedPaths.Find(path[Root.Length..]) is not null);
        return isOurs ? path : "other";
    }

    private static CollectorProblem NothingAt(string path) =>
        CollectorProblem.NotFound(
            $"nothing is at {path}; events are posted to {string.Join(", ", FeedPaths.Names.Select(each => Root + each))}"
        );

    private async Task TakeAsync(HttpContext context, Feed feed)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
            throw CollectorProblem.NoMethod("POST");
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
