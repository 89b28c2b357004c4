using System.Text.Json;
using AdvertiseX.Events;

namespace AdvertiseX.Server.Collecting;

/// <summary>The file of webhooks: a JSON array, an object each. Strict: a typing error must not pass for a
/// default.</summary>
internal static class WebhookFile
{
    private const string Key = "collector.webhooks_file";

    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private static readonly string[] Members =
    [
        "name",
        "feed",
        "secret_env",
        "secret_file",
        "secret_format",
        "signature_header",
        "signature_prefix",
        "signature_format",
        "signed",
        "timestamp_header",
        "tolerance_seconds",
        "id_header",
    ];

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file; empty for none.</param>
    /// <exception cref="BadSettingException">It cannot be read, or something in it is not allowed.</exception>
    public static IReadOnlyDictionary<string, Webhook> Read(string path)
    {
        if (path.Length == 0)
            return new Dictionary<string, Webhook>();
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Json);
            return Parse(document.RootElement);
        }
        catch (JsonException broken)
        {
            throw Bad($"\"{path}\"; it is not JSON from line {broken.LineNumber + 1} on");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Bad($"\"{path}\"; it cannot be read: {error.Message}");
        }
    }

    private static Dictionary<string, Webhook> Parse(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Array)
            throw Bad("not an array of webhooks");
        var webhooks = new Dictionary<string, Webhook>(StringComparer.Ordinal);
        foreach (var element in root.EnumerateArray())
        {
            var webhook = new Reader(element).Read();
            // A secret that is not there is told at the start, not by the first delivery.
            try
            {
                webhook.Secret.Read();
            }
            catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
            {
                throw Bad($"wrong at \"{webhook.Name}\": {missing.Message}");
            }

            if (!webhooks.TryAdd(webhook.Name, webhook))
                throw Bad($"wrong: the name \"{webhook.Name}\" is there twice");
        }

        return webhooks;
    }

    private static BadSettingException Bad(string what) => new($"{Key} is {what}");

    private sealed class Reader
    {
        private readonly JsonElement _element;
        private readonly string _name;

        public Reader(JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Object)
                throw Bad("not an array of objects");
            _element = element;
            _name = "?";
            _name = Required("name");
            foreach (var member in element.EnumerateObject())
                if (!Members.Contains(member.Name))
                    throw Wrong(member.Name, "is not known", string.Join(", ", Members));
        }

        public Webhook Read()
        {
            if (!_name.All(each => char.IsAsciiLetterOrDigit(each) || each is '-' or '_' or '.'))
                throw Wrong("name", $"is \"{_name}\"", "letters, digits, '-', '_' and '.'");
            var feed = Required("feed");
            var webhook = new Webhook(
                _name,
                FeedPaths.Find(feed) ?? throw Wrong("feed", $"is \"{feed}\"", string.Join(", ", FeedPaths.Names)),
                Secret(),
                Required("signature_header")
            )
            {
                SignaturePrefix = Text("signature_prefix") ?? "",
                IsBase64 = IsBase64("signature_format", "hex"),
                Signed = Text("signed") ?? Webhook.Body,
                TimestampHeader = Text("timestamp_header"),
                Tolerance = Tolerance(),
                IdHeader = Text("id_header"),
            };
            RequireSigned(webhook);
            return webhook;
        }

        private WebhookSecret Secret()
        {
            var (variable, file) = (Text("secret_env"), Text("secret_file"));
            if (variable is null == file is null)
                throw Wrong("secret_env or secret_file", "are both there, or neither", "one of them");
            return new WebhookSecret(variable, file, IsBase64("secret_format", "text"));
        }

        private void RequireSigned(Webhook webhook)
        {
            var signed = webhook.Signed;
            if (
                !signed.EndsWith(Webhook.Body, StringComparison.Ordinal)
                || signed.IndexOf(Webhook.Body, StringComparison.Ordinal) != signed.Length - Webhook.Body.Length
            )
                throw Wrong("signed", $"is \"{signed}\"", "a text that ends with {body}, such as {timestamp}.{body}");
            // A time that is not signed can be changed by whoever sends a delivery again.
            if (webhook.TimestampHeader is not null != signed.Contains(Webhook.Timestamp, StringComparison.Ordinal))
                throw Wrong("signed", $"is \"{signed}\"", "{timestamp} in it if there is a timestamp_header, else not");
            if (webhook.IdHeader is null && signed.Contains(Webhook.Id, StringComparison.Ordinal))
                throw Wrong("signed", $"is \"{signed}\"", "{id} in it only if there is an id_header");
        }

        private TimeSpan Tolerance()
        {
            if (!_element.TryGetProperty("tolerance_seconds", out var value))
                return TimeSpan.FromMinutes(5);
            return
                value.ValueKind == JsonValueKind.Number
                && value.TryGetInt32(out var seconds)
                && seconds is > 0 and <= 86_400
                ? TimeSpan.FromSeconds(seconds)
                : throw Wrong("tolerance_seconds", $"is {value.GetRawText()}", "1 to 86400");
        }

        private bool IsBase64(string member, string other) =>
            Text(member) switch
            {
                null => false,
                "base64" => true,
                var text when text == other => false,
                var text => throw Wrong(member, $"is \"{text}\"", $"{other}, base64"),
            };

        private string Required(string member) => Text(member) ?? throw Wrong(member, "is not there", "a text");

        private string? Text(string member)
        {
            if (!_element.TryGetProperty(member, out var value))
                return null;
            return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
                ? text
                : throw Wrong(member, $"is {value.GetRawText()}", "a text that is not empty");
        }

        private BadSettingException Wrong(string member, string what, string allowed) =>
            Bad($"wrong at \"{_name}\": {member} {what}; allowed: {allowed}");
    }
}
