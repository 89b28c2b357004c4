using AdvertiseX.Configuration;

namespace AdvertiseX.Models;

/// <summary>How models are run.</summary>
public sealed record ModelRunnerOptions
{
    /// <summary>An existing folder for what a run needs on the way; each run has one of its own below it, gone at the
    /// end.</summary>
    public string ScratchDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Additive models read files together until they hold this many rows: bounds the groups in
    /// memory.</summary>
    [Option("rows", 1, double.PositiveInfinity)]
    public long AdditiveRowsAtOnce { get; init; } = 2_500_000;

    /// <summary>Models of chains screen dates together until they hold this many rows: bounds the groups in
    /// memory.</summary>
    [Option("rows", 1, double.PositiveInfinity)]
    public long ScreenedRowsAtOnce { get; init; } = 1_500_000;

    /// <summary>Models of chains compute the rows of this many keys at once.</summary>
    [Option("keys", 1, double.PositiveInfinity)]
    public long KeysAtOnce { get; init; } = 500_000;

    /// <summary>
    /// Additive models whose joined input changed for more keys than this, and than a tenth of that input's rows, are
    /// computed whole rather than for those keys.
    /// </summary>
    [Option("keys", 1, double.PositiveInfinity)]
    public long JoinedKeysAtLeast { get; init; } = 20_000;

    /// <summary>
    /// Models refreshed side by side; 0 is one for each of the engine's threads, 4 at most; 1 is one after the other,
    /// in the catalog's order.
    /// </summary>
    [Option("models", 0, 64, Key = "models.at_once")]
    public int ModelsAtOnce { get; init; }

    /// <summary>The limits of invalid traffic.</summary>
    [Options]
    public TrafficRules TrafficRules { get; init; } = new();

    /// <summary>How often a run is planned anew when others change the table meanwhile.</summary>
    [Option("attempts", 1, double.PositiveInfinity)]
    public int MaxAttempts { get; init; } = 8;
}
