using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AdvertiseX.Server.Collecting;

/// <summary>The collector's addresses as OpenAPI 3.1 describes them.</summary>
internal static class CollectorApi
{
    private const string Json = "application/json";

    private static readonly string[] CommonProblems = ["400", "401", "403", "405", "429", "500", "503"];

    private static readonly string[] BodyProblems = ["408", "413", "415", "422"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiOperation> Operations { get; } =
    [
        .. FeedPaths.Names.Select(feed => new ApiOperation("post", $"/v1/{feed}", $"Send one event or several: {feed}")
        {
            Parameters =
            [
                new(
                    "Idempotency-Key",
                    "header",
                    "Your name for the delivery; a second one under it is not taken again"
                ),
                new("Prefer", "header", "return=representation, wait=commit, wait=SECONDS"),
                new("Content-Encoding", "header", "gzip, zstd, br or deflate"),
            ],
            BodyTypes = [.. BodyFormat.Names],
            Answers = [("202", "Kept; it will be in the lake, once", Json), ("200", "In the lake", Json)],
            Problems = [.. CommonProblems, .. BodyProblems],
        }),
        new("get", "/v1/pixel.gif", "Send an event from a page: the query's parameters are its fields")
        {
            Parameters =
            [
                new("type", "query", "click, or the type of a conversion; without it an impression"),
                new("key", "query", "The key, where one is needed"),
            ],
            Answers = [("200", "Kept; a transparent point", "image/gif")],
            Problems = CommonProblems,
        },
        new("get", "/v1/click", "Keep a click and lead on; the query's other parameters are its fields")
        {
            Parameters =
            [
                new("url", "query", "Where the click leads, percent-encoded; its host is among collector.click_hosts")
                {
                    IsRequired = true,
                },
                new("key", "query", "The key, where one is needed"),
            ],
            Answers = [("302", "Leads on; Adx-Kept says whether the click was kept: yes, no or unknown", null)],
            Problems = ["400", "401", "403", "404", "405", "500", "503"],
        },
        new("post", "/v1/webhooks/{name}", "Send a delivery that is signed by HMAC-SHA256")
        {
            Parameters =
            [
                new("name", "path", "A webhook of collector.webhooks_file") { IsRequired = true },
                new("Prefer", "header", "As for events"),
            ],
            BodyTypes = [.. BodyFormat.Names],
            Answers = [("202", "Kept; it will be in the lake, once", Json), ("200", "In the lake", Json)],
            Problems = [.. CommonProblems, .. BodyProblems, "404"],
        },
    ];

    /// <summary>The document.</summary>
    /// <param name="version">Of the program.</param>
    public static JsonObject Document(string version)
    {
        var paths = new JsonObject();
        foreach (var operation in Operations)
            paths[operation.Path] = new JsonObject { [operation.Method] = Describe(operation) };
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "AdvertiseX collector",
                ["version"] = version,
                ["description"] =
                    "Takes ad events over HTTP. An answer of success means that the bytes are safe on the disk and will be in the lake once.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = ApiSchemas.All(),
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["header"] = new JsonObject
                    {
                        ["type"] = "apiKey",
                        ["in"] = "header",
                        ["name"] = "X-Api-Key",
                    },
                },
            },
            // The empty one: without any key in the lake nothing is asked for.
            ["security"] = new JsonArray(
                new JsonObject { ["bearer"] = new JsonArray() },
                new JsonObject { ["header"] = new JsonArray() },
                new JsonObject()
            ),
        };
    }

    private static JsonObject Describe(ApiOperation operation)
    {
        var described = new JsonObject
        {
            ["summary"] = operation.Summary,
            ["operationId"] = operation.Id,
            ["parameters"] = new JsonArray([.. operation.Parameters.Select(Describe)]),
        };
        if (operation.BodyTypes.Count > 0)
        {
            var content = new JsonObject();
            foreach (var type in operation.BodyTypes)
                content[type] = new JsonObject();
            described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = content };
        }

        var responses = new JsonObject();
        foreach (var (status, meaning, type) in operation.Answers)
        {
            responses[status] = new JsonObject { ["description"] = meaning };
            if (type is not null)
                responses[status]!["content"] = new JsonObject
                {
                    [type] = type == Json ? SchemaRef("Receipt") : new JsonObject(),
                };
        }

        foreach (var status in operation.Problems.Order(StringComparer.Ordinal))
            responses[status] = new JsonObject
            {
                ["description"] = CollectorProblem.TitleOf(int.Parse(status)),
                ["content"] = new JsonObject { [CollectorProblem.ContentType] = SchemaRef("Problem") },
            };
        described["responses"] = responses;
        return described;
    }

    private static JsonObject SchemaRef(string name) =>
        new() { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{name}" } };

    private static JsonObject Describe(ApiParameter parameter) =>
        new()
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
            ["required"] = parameter.IsRequired,
            ["description"] = parameter.Description,
            ["schema"] = new JsonObject { ["type"] = "string" },
        };
}
