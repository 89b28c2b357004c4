namespace AdvertiseX.Models;

/// <summary>What became of a model in a run.</summary>
public enum ModelOutcome
{
    /// <summary>No input changed.</summary>
    UpToDate,

    /// <summary>A dry run: it would be refreshed.</summary>
    Planned,

    /// <summary>Rows were committed.</summary>
    Refreshed,

    /// <summary>The result is what the table holds already; no rows were committed.</summary>
    Unchanged,

    /// <summary>Another runner covered the same inputs meanwhile.</summary>
    Covered,
}
