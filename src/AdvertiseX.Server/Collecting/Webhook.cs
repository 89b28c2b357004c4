using AdvertiseX.Events;

namespace AdvertiseX.Server.Collecting;

/// <summary>A sender that signs what it sends by HMAC-SHA256, as the file of webhooks describes it.</summary>
/// <param name="Name">Its name in the address.</param>
/// <param name="Feed">The feed of its events.</param>
/// <param name="Secret">What both sides know.</param>
/// <param name="SignatureHeader">Header with the signature.</param>
internal sealed record Webhook(string Name, Feed Feed, WebhookSecret Secret, string SignatureHeader)
{
    /// <summary>What is signed, by default: the body.</summary>
    public const string Body = "{body}";

    /// <summary>Stands for the time in <see cref="Signed"/>.</summary>
    public const string Timestamp = "{timestamp}";

    /// <summary>Stands for the delivery's id in <see cref="Signed"/>.</summary>
    public const string Id = "{id}";

    /// <summary>What stands before each signature in the header, such as sha256=.</summary>
    public string SignaturePrefix { get; init; } = "";

    /// <summary>Whether signatures are base64 instead of hexadecimal digits.</summary>
    public bool IsBase64 { get; init; }

    /// <summary>What is signed: a text that ends with {body}, with {timestamp} and {id} for the headers before
    /// it.</summary>
    public string Signed { get; init; } = Body;

    /// <summary>Header with the time of sending, seconds since 1970; null for none.</summary>
    public string? TimestampHeader { get; init; }

    /// <summary>How far that time may be from now, either way.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Header with the id of a delivery, which stays the same when it is sent again; null for none.</summary>
    public string? IdHeader { get; init; }
}
