using System.Text.Json;

namespace AdvertiseX.Lake.Delta;

/// <summary>Who committed what, and why. Not part of the table's state.</summary>
/// <param name="TimestampMillis">When, millis since 1970 UTC.</param>
/// <param name="Operation">Such as WRITE or OPTIMIZE.</param>
/// <param name="Id">One per logical commit, by which a writer knows its own commit again (<c>txnId</c>).</param>
/// <param name="BlindAppend">The commit depended on nothing it read.</param>
internal sealed record CommitInfo(long TimestampMillis, string Operation, string? Id, bool BlindAppend) : DeltaAction
{
    /// <summary>Field that holds what only AdvertiseX reads.</summary>
    public const string PayloadField = "advertisex";

    /// <summary>Name and version of the writer.</summary>
    public string? Engine { get; init; } = Writer;

    /// <summary>Parameters of the operation by name, for people.</summary>
    public IReadOnlyDictionary<string, string?> Parameters { get; init; } = new Dictionary<string, string?>();

    /// <summary>A JSON object that only AdvertiseX reads, as UTF-8: for the ledger, its entry.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    private static string Writer { get; } = $"AdvertiseX/{typeof(CommitInfo).Assembly.GetName().Version?.ToString(3)}";

    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("commitInfo");
        json.WriteNumber("timestamp", TimestampMillis);
        json.WriteString("operation", Operation);
        DeltaJson.WriteMap(json, "operationParameters", Parameters);
        json.WriteBoolean("isBlindAppend", BlindAppend);
        if (Engine is not null)
            json.WriteString("engineInfo", Engine);
        if (Id is not null)
            json.WriteString("txnId", Id);
        if (!Payload.IsEmpty)
        {
            json.WritePropertyName(PayloadField);
            json.WriteRawValue(Payload.Span);
        }
        json.WriteEndObject();
    }

    internal static CommitInfo Parse(JsonElement info) =>
        new(
            DeltaJson.Number(info, "timestamp") ?? 0,
            DeltaJson.Text(info, "operation") ?? "UNKNOWN",
            DeltaJson.Text(info, "txnId"),
            info.TryGetProperty("isBlindAppend", out var blind) && blind.ValueKind == JsonValueKind.True
        )
        {
            Engine = DeltaJson.Text(info, "engineInfo"),
            Parameters = DeltaJson.ReadMap(info, "operationParameters"),
            Payload = info.TryGetProperty(PayloadField, out var payload)
                ? System.Text.Encoding.UTF8.GetBytes(payload.GetRawText())
                : default,
        };
}
