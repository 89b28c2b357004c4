namespace AdvertiseX.Models;

/// <summary>How much a run has to compute.</summary>
public enum ModelPlanKind
{
    /// <summary>The table holds everything that its inputs hold.</summary>
    UpToDate,

    /// <summary>Inputs went on without a change of data; only that is noted.</summary>
    NoteOnly,

    /// <summary>What changed, and what depends on it.</summary>
    Incremental,

    /// <summary>Everything.</summary>
    Full,
}
