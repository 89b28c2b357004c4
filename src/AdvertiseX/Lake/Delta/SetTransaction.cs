using System.Text.Json;

namespace AdvertiseX.Lake.Delta;

/// <summary>How far an application has got with this table ("Transaction Identifiers").</summary>
/// <param name="AppId">Name of the application.</param>
/// <param name="Version">Its own version, growing.</param>
/// <param name="UpdatedMillis">When, millis since 1970 UTC.</param>
internal sealed record SetTransaction(string AppId, long Version, long? UpdatedMillis) : DeltaAction
{
    internal override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("txn");
        json.WriteString("appId", AppId);
        json.WriteNumber("version", Version);
        if (UpdatedMillis is { } updated)
            json.WriteNumber("lastUpdated", updated);
        json.WriteEndObject();
    }

    internal static SetTransaction Parse(JsonElement txn) =>
        new(
            txn.GetProperty("appId").GetString()!,
            txn.GetProperty("version").GetInt64(),
            DeltaJson.Number(txn, "lastUpdated")
        );
}
