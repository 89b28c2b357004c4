namespace AdvertiseX.Models;

/// <summary>How a commit of a model's table is logged.</summary>
internal enum RestatementKind
{
    /// <summary>Measure by measure.</summary>
    Cells,

    /// <summary>One row: the first figures, or figures of other columns.</summary>
    Rebuilt,

    /// <summary>One row: log or files are gone, so nobody can tell what it changed.</summary>
    Untold,
}
