namespace AdvertiseX.Models;

/// <summary>How models are run.</summary>
public sealed record ModelRunnerOptions
{
    /// <summary>An existing folder for what a run needs on the way; each run has one of its own below it, gone at the end.</summary>
    public string ScratchDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Additive models read files together until they hold this many rows, at least 1: bounds the groups in memory.</summary>
    public long AdditiveRowsAtOnce { get; init; } = 2_500_000;

    /// <summary>Models of chains screen dates together until they hold this many rows, at least 1: bounds the groups in memory.</summary>
    public long ScreenedRowsAtOnce { get; init; } = 1_500_000;

    /// <summary>Models of chains compute the rows of this many keys at once, at least 1.</summary>
    public long KeysAtOnce { get; init; } = 500_000;

    /// <summary>
    /// Additive models whose joined input changed for more keys than this, and than a tenth of that input's rows, are computed whole
    /// rather than for those keys, at least 1.
    /// </summary>
    public long JoinedKeysAtLeast { get; init; } = 20_000;

    /// <summary>
    /// Models are refreshed side by side, at most so many at once, at least 1; with 1 one after the other in the catalog's order. They
    /// share the engine's memory, so more than a few gain little. Default: one for each processor, 4 at most.
    /// </summary>
    public int ModelsAtOnce { get; init; } = Math.Min(Environment.ProcessorCount, 4);

    /// <summary>The limits of invalid traffic.</summary>
    public TrafficRules TrafficRules { get; init; } = new();

    /// <summary>How often a run is planned anew when others change the table meanwhile, at least 1.</summary>
    public int MaxAttempts { get; init; } = 8;
}
