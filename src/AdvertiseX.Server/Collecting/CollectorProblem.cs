using System.Globalization;
using AdvertiseX.Spool;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>Why a request is refused: problem details (RFC 9457).</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="slug">The kind of problem; programs see it as urn:adx:problem:SLUG, which stays the same.</param>
/// <param name="title">The kind in words.</param>
/// <param name="detail">This case of it.</param>
internal sealed class CollectorProblem(int status, string slug, string title, string detail) : Exception(detail)
{
    private const string TypePrefix = "urn:adx:problem:";

    /// <summary>Content type of problems.</summary>
    public const string ContentType = "application/problem+json";

    private (string Name, string Value)? _header;

    /// <summary>The HTTP status.</summary>
    public int Status => status;

    public static CollectorProblem BadRequest(string detail) =>
        new(StatusCodes.Status400BadRequest, "bad-request", "The request cannot be read", detail);

    public static CollectorProblem BadTarget(string detail) =>
        new(StatusCodes.Status400BadRequest, "bad-target", "The click leads nowhere", detail);

    public static CollectorProblem TooLarge(long most) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            "body-too-large",
            "The body is too long",
            $"the body is longer than {most} bytes (collector.max_body_bytes), as it is sent or decompressed"
        );

    public static CollectorProblem TooSlow(int least) =>
        new(
            StatusCodes.Status408RequestTimeout,
            "body-too-slow",
            "The body comes too slowly",
            $"the body comes more slowly than {least} bytes a second (collector.min_bytes_per_second)"
        );

    public static CollectorProblem Busy(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "busy", "Too much at one time", detail)
        {
            _header = ("Retry-After", "1"),
        };

    public static CollectorProblem Unavailable(SpoolUnavailableException why) =>
        new(
            StatusCodes.Status503ServiceUnavailable,
            "cannot-keep",
            "Nothing can be kept at the moment",
            $"{why.Message}; nothing of this request was taken"
        )
        {
            _header = ("Retry-After", Seconds(why.RetryAfter)),
        };

    public static CollectorProblem NoSecret(string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, "no-secret", "Signatures cannot be checked", detail)
        {
            _header = ("Retry-After", "60"),
        };

    public static CollectorProblem KeyReused(string detail) =>
        new(StatusCodes.Status422UnprocessableEntity, "key-reused", "The key names another delivery", detail);

    public static CollectorProblem NoKey(string detail) =>
        new(
            StatusCodes.Status401Unauthorized,
            "no-key",
            "A key is needed",
            $"{detail}; send one that counts as Authorization: Bearer KEY or X-Api-Key: KEY"
        )
        {
            _header = ("WWW-Authenticate", "Bearer realm=\"adx\""),
        };

    public static CollectorProblem BadSignature(string detail) =>
        new(StatusCodes.Status401Unauthorized, "bad-signature", "The delivery is not signed by its sender", detail);

    public static CollectorProblem TooOften(string id, TimeSpan wait) =>
        new(
            StatusCodes.Status429TooManyRequests,
            "too-many-requests",
            "Too many requests of one key",
            $"the key {id} has used up its requests a second"
        )
        {
            _header = ("Retry-After", Seconds(wait)),
        };

    public static CollectorProblem Forbidden(string slug, string detail) =>
        new(StatusCodes.Status403Forbidden, slug, "Not allowed", detail);

    public static CollectorProblem NotFound(string detail) =>
        new(StatusCodes.Status404NotFound, "not-found", "Nothing is here", detail);

    public static CollectorProblem NoMethod(string allowed) =>
        new(
            StatusCodes.Status405MethodNotAllowed,
            "method-not-allowed",
            "Not with this method",
            $"this address takes {allowed}"
        )
        {
            _header = ("Allow", allowed),
        };

    public static CollectorProblem Unsupported(string slug, string detail, (string Name, string Value) accepted) =>
        new(StatusCodes.Status415UnsupportedMediaType, slug, "The body is of no known kind", detail)
        {
            _header = accepted,
        };

    private static string Seconds(TimeSpan time) =>
        Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    public static CollectorProblem Failed() =>
        new(
            StatusCodes.Status500InternalServerError,
            "failed",
            "Something failed",
            "something failed that should not; the server's log says what. It is not known whether the request was kept"
        );

    /// <summary>What the problems of a status have in common.</summary>
    public static string TitleOf(int status) =>
        status switch
        {
            400 => "The request cannot be read",
            401 => "No key or signature that counts",
            403 => "Not allowed",
            404 => "Nothing is here",
            405 => "Not with this method",
            408 => "The body comes too slowly",
            413 => "The body is too long",
            415 => "The body is of no known kind",
            422 => "The key names another delivery",
            429 => "Too many requests of one key",
            500 => "Something failed",
            503 => "Nothing can be kept at the moment",
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };

    /// <summary>Answers with it, if nothing was answered so far.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
            return;
        context.Response.Clear();
        context.Response.StatusCode = status;
        if (_header is { } header)
            context.Response.Headers[header.Name] = header.Value;
        await context.Response.WriteAsJsonAsync(
            new
            {
                type = TypePrefix + slug,
                title,
                status,
                detail = Message,
            },
            options: null,
            ContentType,
            context.RequestAborted
        );
    }
}
