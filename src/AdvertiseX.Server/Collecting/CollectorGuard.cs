using System.Net;
using AdvertiseX.Events;
using AdvertiseX.Server.Access;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>Who may send. Thread-safe.</summary>
/// <param name="keys">The keys; null where everybody may.</param>
internal sealed class CollectorGuard(KeyRing? keys)
{
    private const string Bearer = "Bearer ";
    private const string KeyHeader = "X-Api-Key";
    private const string KeyParameter = "key";

    /// <summary>Whether requests need a key.</summary>
    public bool IsClosed => keys?.IsClosed == true;

    /// <summary>Requires a key that may send to a feed, where requests need one.</summary>
    /// <param name="request">The request.</param>
    /// <param name="feed">The feed.</param>
    /// <param name="inQuery">Whether the key may stand in the query too: a pixel has no headers of its own.</param>
    /// <returns>The sender's name; null where requests need no key.</returns>
    /// <exception cref="CollectorProblem">401: there is no such key; 403: it is not for the feed; 429: it was used too
    /// often.</exception>
    public string? Require(HttpRequest request, Feed feed, bool inQuery = false)
    {
        if (!IsClosed)
            return null;
        var text = TextOf(request, inQuery) ?? throw CollectorProblem.NoKey("the request has no key");
        var key = keys!.Find(text) ?? throw CollectorProblem.NoKey("the key is none, or was revoked");
        if (!key.Key.Allows(feed))
            throw CollectorProblem.Forbidden(
                "feed-not-allowed",
                $"the key {key.Key.Id} is not for {FeedPaths.NameOf(feed)}; allowed: {string.Join(", ", key.Key.Feeds.Select(FeedPaths.NameOf))}"
            );
        if (key.Rate is { } rate && !rate.TryTake(out var wait))
            throw CollectorProblem.TooOften(key.Key.Id, wait);
        return key.Key.Name;
    }

    /// <summary>Where everybody may send: a page of some site that is open in a browser on this machine reaches a
    /// server on loop-back too, under a name that leads there.</summary>
    /// <exception cref="CollectorProblem">403: the request is for another host.</exception>
    public void RequireLoopbackName(HttpContext context)
    {
        if (
            !IsClosed
            && context.Connection.LocalIpAddress is { } local
            && IPAddress.IsLoopback(local)
            && !IsLoopback(context.Request.Host.Host)
        )
            throw CollectorProblem.Forbidden(
                "other-host",
                $"Host is \"{context.Request.Host}\"; allowed on loop-back without keys: localhost and loop-back addresses"
            );
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static string? TextOf(HttpRequest request, bool inQuery)
    {
        if (request.Headers.Authorization.ToString() is { Length: > 0 } authorization)
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
                ? authorization[Bearer.Length..].Trim()
                : throw CollectorProblem.NoKey("Authorization is of another scheme than Bearer");
        if (request.Headers[KeyHeader].ToString() is { Length: > 0 } key)
            return key.Trim();
        return inQuery && request.Query[KeyParameter].ToString() is { Length: > 0 } given ? given : null;
    }
}
