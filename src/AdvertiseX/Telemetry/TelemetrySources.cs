namespace AdvertiseX.Telemetry;

/// <summary>The names by which OpenTelemetry and other listeners collect everything that the product
/// measures.</summary>
internal static class TelemetrySources
{
    /// <summary>The meter of .NET itself: memory, garbage collection, processor time.</summary>
    public const string Runtime = "System.Runtime";

    /// <summary>Meters of the product.</summary>
    public static IReadOnlyList<string> Meters { get; } =
    [IngestTelemetry.Name, LiveTelemetry.Name, ModelTelemetry.Name, CollectorTelemetry.Name];

    /// <summary>Sources of activities, which become spans.</summary>
    public static IReadOnlyList<string> Activities { get; } =
    [IngestTelemetry.Name, LiveTelemetry.Name, ModelTelemetry.Name];
}
