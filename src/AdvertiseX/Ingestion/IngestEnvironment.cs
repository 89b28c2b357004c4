using AdvertiseX.Columns;
using AdvertiseX.Lake;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Ingestion;

/// <summary>Everything that an ingest needs and does not make itself.</summary>
/// <param name="Lake">The lake to write to.</param>
public sealed record IngestEnvironment(DataLake Lake)
{
    /// <summary>Sizes and limits.</summary>
    public IngestOptions Options { get; init; } = new();

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where counts and durations go. Default the process's meter and activity source.</summary>
    public IngestTelemetry Telemetry { get; init; } = IngestTelemetry.Default;

    internal long MicrosNow() => EpochMicros.Now(Clock);
}
