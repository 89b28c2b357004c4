using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>Makes the commit of a merge: the files that leave and those that join, with their statistics and
/// tags.</summary>
internal static class MergeCommit
{
    /// <summary>The commit: it changes no data.</summary>
    /// <param name="inputs">The files that were merged.</param>
    /// <param name="files">The files that they became.</param>
    /// <param name="parts">The parts of the rows that the files have, in their order; null for all.</param>
    /// <param name="isFolded">Rows were added up on the way.</param>
    /// <param name="now">The time.</param>
    public static DeltaChange Of(
        IReadOnlyList<AddFile> inputs,
        IReadOnlyList<StagedFile> files,
        IReadOnlyList<SlicePart>? parts,
        bool isFolded,
        DateTimeOffset now
    )
    {
        var range = LedgerRange.Over([.. inputs.Select(input => input.Ledger)]);
        var stats = inputs.Select(input => input.Stats).ToList();
        var isWhole = files.Count == 1 && !isFolded;
        return new DeltaChange("OPTIMIZE")
        {
            Adds =
            [
                .. files.Select(
                    (file, i) =>
                        new AddFile(
                            file.Path,
                            inputs[0].PartitionValues,
                            file.SizeBytes,
                            now.ToUnixTimeMilliseconds(),
                            false,
                            StatisticsOf(file, parts?[i], stats, isWhole)
                        )
                        {
                            Tags = TagsOf(file, range, parts?[i].Slice),
                        }
                ),
            ],
            Removes = [.. inputs.Select(file => RemoveFile.Of(file, now, dataChange: false))],
        };
    }

    private static string StatisticsOf(StagedFile file, SlicePart? part, List<string?> inputs, bool isWhole)
    {
        if (file.StatsJson is { } written)
            return written;
        var merged = isWhole ? MergedStatistics.Of(inputs) : null;
        if (part is not null && (merged is null || TimeRange.Of(merged, LakeTable.TimeColumn) == TimeRange.Any))
            return MergedStatistics.OfSlice(inputs, file.Rows, new TimeRange(part.Least, part.Greatest));
        return merged ?? $"{{\"numRecords\":{file.Rows}}}";
    }

    private static Dictionary<string, string?> TagsOf(StagedFile file, LedgerRange? range, TimeSlice? slice)
    {
        var tags = new Dictionary<string, string?>(AddFile.TagsOf(file.Hash, range));
        if (slice is { } filled)
            tags.Add(CompactionFile.SliceTag, filled.ToString());
        return tags;
    }
}
