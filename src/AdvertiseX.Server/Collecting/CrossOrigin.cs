using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>Which pages in browsers may send (CORS). Thread-safe.</summary>
internal sealed class CrossOrigin
{
    private const string Key = "collector.cors_origins";
    private const string Any = "*";
    private const string Headers = "Authorization, X-Api-Key, Content-Type, Content-Encoding, Idempotency-Key, Prefer";

    private readonly HashSet<string> _origins = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="text">Origins such as https://shop.example, divided by commas; * for every one; empty for
    /// none.</param>
    /// <exception cref="BadSettingException">One of them is not an origin.</exception>
    public CrossOrigin(string text)
    {
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry != Any && !IsOrigin(entry))
                throw new BadSettingException(
                    $"{Key} is \"{text}\"; allowed: origins such as https://shop.example, divided by commas, or *; not {entry}"
                );
            _origins.Add(entry);
        }
    }

    /// <summary>Answers a page's question before its request, and adds to the answer of a request what lets the page
    /// read it.</summary>
    /// <returns>True if the request is answered: it was the question before another.</returns>
    /// <exception cref="CollectorProblem">403: the page may not send.</exception>
    public bool Answer(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.Origin.Count == 0)
            return false;
        var origin = request.Headers.Origin.ToString();
        if (!_origins.Contains(Any) && !_origins.Contains(origin))
            throw CollectorProblem.Forbidden(
                "other-origin",
                $"pages of \"{origin}\" may not send: collector.cors_origins does not have it"
            );
        var isQuestion = HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0;
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.AccessControlAllowOrigin = origin;
            headers.Vary = "Origin";
            headers.AccessControlExposeHeaders = "Retry-After, Preference-Applied";
            if (!isQuestion)
                return Task.CompletedTask;
            headers.AccessControlAllowMethods = "GET, POST";
            headers.AccessControlAllowHeaders = Headers;
            headers.AccessControlMaxAge = "7200";
            return Task.CompletedTask;
        });
        if (isQuestion)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        return isQuestion;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase)
        && uri.UserInfo.Length == 0;
}
