namespace AdvertiseX.Lake;

/// <summary>Files of one partition that are to be merged.</summary>
/// <param name="Inputs">The files.</param>
/// <param name="IsCut">Their rows fill time slices: a file for each, and one for what is left.</param>
internal sealed record PlannedMerge(IReadOnlyList<CompactionFile> Inputs, bool IsCut);
