using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>POST /v1/webhooks/NAME: deliveries of senders that sign them. Thread-safe.</summary>
/// <param name="environment">The clock and the file of webhooks.</param>
/// <param name="intake">Takes deliveries.</param>
internal sealed class WebhookRoute(CollectorEnvironment environment, DeliveryIntake intake)
{
    private readonly IReadOnlyDictionary<string, Webhook> _webhooks = WebhookFile.Read(
        environment.Options.WebhooksFile
    );

    /// <exception cref="CollectorProblem">The request is refused.</exception>
    public async Task AnswerAsync(HttpContext context, string name)
    {
        if (!_webhooks.TryGetValue(name, out var webhook))
            throw CollectorProblem.NotFound($"no webhook is called \"{name}\" in collector.webhooks_file");
        if (!HttpMethods.IsPost(context.Request.Method))
            throw CollectorProblem.NoMethod("POST");
        intake.RequireOpen();
        var id = webhook.IdHeader is { } header ? IdOf(context.Request, header) : null;
        var time = TimeOf(context.Request, webhook);
        using var body = await intake.ReceiveAsync(context);
        RequireSignature(context.Request, webhook, id, time, body.Bytes.Span);
        var key = id is null ? null : DeliveryName.Of($"webhook:{name}", id);
        await intake.TakeAsync(context, webhook.Feed, body, key);
    }

    private string? TimeOf(HttpRequest request, Webhook webhook)
    {
        if (webhook.TimestampHeader is not { } header)
            return null;
        var text = request.Headers[header].ToString();
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            throw CollectorProblem.BadSignature($"{header} is \"{text}\"; allowed: seconds since 1970");
        var now = environment.Clock.GetUtcNow().ToUnixTimeSeconds();
        // In this order nothing overflows.
        if (
            seconds > now + (long)webhook.Tolerance.TotalSeconds
            || seconds < now - (long)webhook.Tolerance.TotalSeconds
        )
            throw CollectorProblem.BadSignature(
                $"{header} is \"{text}\", more than {webhook.Tolerance.TotalSeconds:0} seconds from now"
            );
        return text;
    }

    private static string IdOf(HttpRequest request, string header) =>
        request.Headers[header].ToString() is { Length: > 0 } id
            ? id
            : throw CollectorProblem.BadRequest($"the header {header}, which has the id of a delivery, is not there");

    private static void RequireSignature(
        HttpRequest request,
        Webhook webhook,
        string? id,
        string? time,
        ReadOnlySpan<byte> body
    )
    {
        var before = webhook
            .Signed[..^Webhook.Body.Length]
            .Replace(Webhook.Timestamp, time, StringComparison.Ordinal)
            .Replace(Webhook.Id, id, StringComparison.Ordinal);
        var given = GivenSignatures(request, webhook);
        var isSigned = false;
        // All are compared, each to its end, so that the time tells nothing.
        foreach (var secret in SecretsOf(webhook))
        {
            using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
            hash.AppendData(Encoding.UTF8.GetBytes(before));
            hash.AppendData(body);
            var expected = hash.GetHashAndReset();
            foreach (var signature in given)
                isSigned |= CryptographicOperations.FixedTimeEquals(expected, signature);
        }

        if (!isSigned)
            throw CollectorProblem.BadSignature($"{webhook.SignatureHeader} has no signature of this body");
    }

    private static IReadOnlyList<byte[]> SecretsOf(Webhook webhook)
    {
        try
        {
            return webhook.Secret.Read();
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            // Why is for who runs the server: the names of its files are not for senders.
            throw CollectorProblem.NoSecret($"the secret of the webhook {webhook.Name} cannot be read");
        }
    }

    // Senders that change their secret sign with both, one signature behind the other.
    private static List<byte[]> GivenSignatures(HttpRequest request, Webhook webhook)
    {
        var signatures = new List<byte[]>();
        foreach (var part in request.Headers[webhook.SignatureHeader].ToString().Split(' ').Take(8))
        {
            if (!part.StartsWith(webhook.SignaturePrefix, StringComparison.Ordinal))
                continue;
            var text = part[webhook.SignaturePrefix.Length..];
            var bytes = new byte[SHA256.HashSizeInBytes];
            var isWhole = webhook.IsBase64
                ? Convert.TryFromBase64String(text, bytes, out var length) && length == bytes.Length
                : text.Length == bytes.Length * 2 && text.All(char.IsAsciiHexDigit);
            if (!isWhole)
                continue;
            signatures.Add(webhook.IsBase64 ? bytes : Convert.FromHexString(text));
        }

        return signatures;
    }
}
