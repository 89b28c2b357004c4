namespace AdvertiseX.Lake;

/// <summary>Rows of several files that are merged at once: of each file those between two positions.</summary>
/// <param name="From">First row, by file.</param>
/// <param name="Until">The row after the last, by file.</param>
internal readonly record struct MergeWindow(long[] From, long[] Until);
