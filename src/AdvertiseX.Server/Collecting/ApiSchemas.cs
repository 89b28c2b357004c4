using System.Text.Json;
using System.Text.Json.Nodes;
using AdvertiseX.Events;
using AdvertiseX.Spool;

namespace AdvertiseX.Server.Collecting;

/// <summary>What answers look like, as JSON Schema.</summary>
internal static class ApiSchemas
{
    public static JsonObject All() =>
        new()
        {
            ["Receipt"] = Object(
                ["stream", "position", "repeated", "committed"],
                ("stream", Typed("string", "Stream of the delivery in the lake")),
                ("position", Typed("integer", "Its position there, of all its events")),
                ("repeated", Typed("boolean", "It was kept before, under the same key")),
                ("committed", Typed("boolean", "Its events are in the lake")),
                (
                    "counts",
                    new JsonObject
                    {
                        ["type"] = "object",
                        ["description"] = "Events, by what becomes of them; where Prefer asks for it",
                        ["additionalProperties"] = new JsonObject { ["type"] = "integer" },
                    }
                ),
                (
                    "events",
                    new JsonObject
                    {
                        ["type"] = "array",
                        ["description"] = "Each event in the order of the body; where Prefer asks for it",
                        ["items"] = new JsonObject { ["$ref"] = "#/components/schemas/EventVerdict" },
                    }
                )
            ),
            ["EventVerdict"] = Object(
                ["event", "outcome"],
                ("event", Typed("integer", "Its number in the body, from 0")),
                ("outcome", Names<EventOutcome>()),
                ("kind", Names<EventKind>()),
                ("event_id", Typed("string", "Its id")),
                ("reason", Typed("string", "Why it is rejected")),
                ("field", Typed("string", "The field at fault")),
                ("expected", Typed("string", "What would be right")),
                ("found", Typed("string", "What is there"))
            ),
            ["Problem"] = Object(
                ["type", "title", "status", "detail"],
                ("type", Typed("string", "urn:adx:problem:NAME, which stays the same")),
                ("title", Typed("string", "The kind of problem")),
                ("status", Typed("integer", "The HTTP status")),
                ("detail", Typed("string", "This case of it"))
            ),
        };

    private static JsonObject Object(string[] required, params (string Name, JsonObject Schema)[] members)
    {
        var properties = new JsonObject();
        foreach (var (name, schema) in members)
            properties[name] = schema;
        return new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]),
            ["properties"] = properties,
        };
    }

    private static JsonObject Typed(string type, string description) =>
        new() { ["type"] = type, ["description"] = description };

    private static JsonObject Names<T>()
        where T : struct, Enum =>
        new()
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([
                .. Enum.GetNames<T>()
                    .Select(name => JsonValue.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(name))),
            ]),
        };
}
