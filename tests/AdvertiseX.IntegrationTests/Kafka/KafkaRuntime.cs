namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Where a real Kafka is.</summary>
internal static class KafkaRuntime
{
    public const string Variable = "ADX_KAFKA_HOME";
    private static readonly Lazy<string?> Found = new(() => ServerRuntime.Find(Variable, "kafka"));

    /// <summary>Its folder, with libs and config; null where there is none.</summary>
    public static string? Home => Found.Value;
}
