using AdvertiseX.Events;
using AdvertiseX.Spool;
using AdvertiseX.Telemetry;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>
/// GET /v1/click?url=…: keeps a click, and leads on to where the ad leads. A click that cannot be kept leads on all the
/// same, and the answer says so (<c>docs/decisions/073-click-redirect.md</c>). Thread-safe.
/// </summary>
/// <param name="environment">Spool, clock and limits.</param>
/// <param name="guard">Who may send.</param>
internal sealed class ClickRoute(CollectorEnvironment environment, CollectorGuard guard)
{
    private const string KeptHeader = "Adx-Kept";
    private const string Kept = "yes";

    private readonly ClickHosts _hosts = new(environment.Options.ClickHosts);

    /// <exception cref="CollectorProblem">The request is refused.</exception>
    public async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
            throw CollectorProblem.NoMethod("GET");
        if (!_hosts.HasAny)
            throw CollectorProblem.NotFound("clicks lead nowhere here: collector.click_hosts is empty");
        var parameters = new QueryParameters(context.Request.QueryString.Value);
        var target = TargetOf(parameters);
        var kept = await KeepAsync(context, parameters, target);
        if (kept != Kept)
            CollectorTelemetry.Default.ClickNotKept();
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = target;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers[KeptHeader] = kept;
    }

    private string TargetOf(QueryParameters parameters)
    {
        var target = parameters.FindBytes("url") ?? throw CollectorProblem.BadTarget("the query has no url");
        var authority =
            ClickTarget.AuthorityOf(target)
            ?? throw CollectorProblem.BadTarget(
                "url is not an address that is taken: http or https, a host in ASCII without a user before it, no white space and no backslash; percent-encoded once"
            );
        return _hosts.Allow(authority)
            ? target
            : throw CollectorProblem.BadTarget($"url leads to {authority}, which is not among collector.click_hosts");
    }

    /// <summary>Keeps the click. Whoever clicked does not wait for a disk that hangs.</summary>
    /// <returns>yes, no, or unknown where it took too long.</returns>
    /// <exception cref="CollectorProblem">401 or 403: the key does not count, which is not an outage.</exception>
    private async Task<string> KeepAsync(HttpContext context, QueryParameters parameters, string target)
    {
        const Feed Clicks = Feed.ClicksConversions;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(environment.Options.ClickWait);
        try
        {
            guard.Require(context.Request, Clicks, inQuery: true);
            var json = QueryEvent.ToJson(
                parameters,
                Clicks,
                context.Request,
                environment.Clock.GetUtcNow(),
                ("kind", "type", "click"),
                ("page_url", "landing_page", target)
            );
            await environment.KeepAsync(new Delivery(Clicks, MessageFormat.Json, json), limit.Token);
            return Kept;
        }
        catch (CollectorProblem often) when (often.Status == StatusCodes.Status429TooManyRequests)
        {
            return "no";
        }
        catch (SpoolUnavailableException)
        {
            return "no";
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return "unknown";
        }
    }
}
