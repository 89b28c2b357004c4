namespace AdvertiseX.Lake;

/// <summary>A table in one line.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Files">Live files.</param>
/// <param name="Rows">Rows in them, as their statistics say.</param>
/// <param name="Bytes">Bytes of them.</param>
/// <param name="FirstDate">Earliest partition, null without one.</param>
/// <param name="LastDate">Latest partition, null without one.</param>
internal sealed record TableSummary(
    string Name,
    long Version,
    int Files,
    long Rows,
    long Bytes,
    DateOnly? FirstDate,
    DateOnly? LastDate
);
