namespace AdvertiseX.Decoding.Json;

/// <summary>Bounds that keep hostile JSON cheap.</summary>
internal static class JsonLimits
{
    /// <summary>Objects and arrays inside one another, the record itself counted.</summary>
    public const int MaxDepth = 64;

    /// <summary>Longest key that is matched to a contract, bytes.</summary>
    public const int MaxKeyBytes = 256;
}
