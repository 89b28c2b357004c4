namespace AdvertiseX.Lake;

/// <summary>What a compaction did to one table.</summary>
/// <param name="Table">Name of the table.</param>
/// <param name="Before">Small files that were merged.</param>
/// <param name="After">Files that they became.</param>
/// <param name="Rows">Rows in them.</param>
/// <param name="Conflicts">Merges given up because another process had removed one of their files.</param>
public sealed record CompactionReport(string Table, int Before, int After, long Rows, int Conflicts);
