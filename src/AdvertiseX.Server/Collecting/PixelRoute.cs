using AdvertiseX.Events;
using AdvertiseX.Spool;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>GET /v1/pixel.gif: the query is an event, and the picture comes once the event is kept.
/// Thread-safe.</summary>
/// <param name="environment">Spool and clock.</param>
/// <param name="guard">Who may send.</param>
internal sealed class PixelRoute(CollectorEnvironment environment, CollectorGuard guard)
{
    // One transparent point.
    private static readonly byte[] Gif = Convert.FromBase64String(
        "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
    );

    /// <exception cref="CollectorProblem">The request is refused.</exception>
    /// <exception cref="SpoolUnavailableException">Nothing can be kept.</exception>
    public async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
            throw CollectorProblem.NoMethod("GET");
        var parameters = new QueryParameters(context.Request.QueryString.Value);
        // Interactions have a type; what has none, or says that it is an impression, is one.
        var feed = parameters.Find("type") is null or "" or "impression" ? Feed.Impressions : Feed.ClicksConversions;
        RequireOwnPage(context.Request);
        guard.Require(context.Request, feed, inQuery: true);
        var json = QueryEvent.ToJson(parameters, feed, context.Request, environment.Clock.GetUtcNow());
        await environment.KeepAsync(new Delivery(feed, MessageFormat.Json, json), context.RequestAborted);
        context.Response.ContentType = "image/gif";
        context.Response.ContentLength = Gif.Length;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        await context.Response.Body.WriteAsync(Gif, context.RequestAborted);
    }

    // Without keys any site that a browser on this machine shows could send events through a picture.
    private void RequireOwnPage(HttpRequest request)
    {
        if (!guard.IsClosed && request.Headers["Sec-Fetch-Site"] == "cross-site")
            throw CollectorProblem.Forbidden(
                "other-origin",
                "without keys a page of another site may not show the pixel (Sec-Fetch-Site is cross-site)"
            );
    }
}
