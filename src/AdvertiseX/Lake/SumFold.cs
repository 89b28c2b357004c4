namespace AdvertiseX.Lake;

/// <summary>How a table of partial sums is folded: rows of one cell become one row, and every reader who adds up reads
/// the same.</summary>
/// <param name="Grain">The columns that tell cells apart.</param>
/// <param name="Sums">The columns that are added up.</param>
/// <param name="Unread">Paths of files that a follower of the table has not read yet: they are not folded, as the
/// follower adds up what came since it read, row by row.</param>
internal sealed record SumFold(IReadOnlyList<string> Grain, IReadOnlyList<string> Sums, IReadOnlySet<string> Unread);
