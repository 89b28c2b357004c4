using System.Text.Json;
using System.Text.Json.Nodes;
using AdvertiseX.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AdvertiseX.Server;

/// <summary>A request to a schema registry.</summary>
internal sealed class RegistryRequest
{
    private const int MostBodyBytes = 1 << 20;

    private static readonly string[] JsonTypes =
    [
        RegistryAnswers.ContentType,
        "application/vnd.schemaregistry+json",
        "application/json",
        "application/octet-stream",
    ];

    private readonly HttpContext _context;

    public RegistryRequest(HttpContext context)
    {
        _context = context;
        Parts = PartsOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
    }

    public string Method => _context.Request.Method;

    /// <summary>The parts of the path, each decoded by itself: a subject may contain a slash.</summary>
    public string[] Parts { get; }

    /// <summary>Ends when the one who asks goes away.</summary>
    public CancellationToken Aborted => _context.RequestAborted;

    /// <summary>The switch of a query; clients in Python and .NET write True and False.</summary>
    public bool Is(string name) => bool.TryParse(_context.Request.Query[name], out var value) && value;

    /// <summary>A value of the query; null if it is not given.</summary>
    public string? Value(string name) => _context.Request.Query[name];

    /// <summary>A whole number of the query that is at least 0; the preset if it is not given.</summary>
    public int Number(string name, int preset) =>
        int.TryParse(_context.Request.Query[name], out var value) && value >= 0 ? value : preset;

    /// <summary>The schema in the body.</summary>
    /// <exception cref="RegistryException">4xx: there is none in it, or it is of a kind that is not served.</exception>
    public async Task<SubmittedSchema> SchemaAsync()
    {
        var body = await BodyAsync();
        var type = TextOf(body, "schemaType") ?? "AVRO";
        if (type.Length > 0 && type != "AVRO")
            throw RegistryException.BadSchema($"its type is {type}; this registry has AVRO only");
        if (body["references"] is not (null or JsonArray { Count: 0 }))
            throw RegistryException.BadSchema(
                "it has references to other schemas, which this registry does not support; put the types into the schema itself"
            );
        if (body["metadata"] is not null || body["ruleSet"] is not null)
            throw RegistryException.BadSchema("it has metadata or rules, which this registry does not serve");
        return SubmittedSchema.Read(
            TextOf(body, "schema") ?? throw RegistryException.BadSchema("the body has no member \"schema\"")
        );
    }

    /// <summary>A text in the body; null if it is not there.</summary>
    /// <exception cref="RegistryException">4xx: the body is not a JSON object, or the member not a text.</exception>
    public async Task<string?> TextAsync(string name) => TextOf(await BodyAsync(), name);

    /// <exception cref="BadHttpRequestException">The body is too long, or breaks off.</exception>
    private async Task<JsonObject> BodyAsync()
    {
        // A page in a browser may send other types to this address without being asked first.
        var type = _context.Request.ContentType?.Split(';')[0].Trim();
        if (!JsonTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            throw new RegistryException(415, $"Content-Type is \"{type}\"; allowed: {string.Join(", ", JsonTypes)}");
        _context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MostBodyBytes;
        using var bytes = new MemoryStream();
        await _context.Request.Body.CopyToAsync(bytes, Aborted);
        try
        {
            return JsonNode.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) as JsonObject
                ?? throw new RegistryException(400, "the body is not a JSON object");
        }
        catch (JsonException)
        {
            throw new RegistryException(400, "the body is not JSON");
        }
    }

    private static string? TextOf(JsonObject body, string name)
    {
        try
        {
            return body[name] switch
            {
                null => null,
                JsonValue value when value.TryGetValue<string>(out var text) => text,
                _ => throw new RegistryException(400, $"the member \"{name}\" is not a text"),
            };
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException)
        {
            throw new RegistryException(400, $"the member \"{name}\" is not Unicode, or there twice");
        }
    }

    // Kestrel decodes a path as a whole and leaves %2F in it, so that it cannot be told from a decoded %252F.
    private static string[] PartsOf(string target)
    {
        if (!target.StartsWith('/'))
            target = Uri.TryCreate(target, UriKind.Absolute, out var uri) ? uri.PathAndQuery : "/";
        var path = target.Split('?')[0];
        return [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
    }
}
