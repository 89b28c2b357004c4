namespace AdvertiseX.Lake;

/// <summary>
/// Chooses which files of a partition to merge, by their sizes and times alone
/// (<c>docs/decisions/051-compaction-by-tiers.md</c>). A merge has at least four times the bytes of its largest file,
/// so that a row is written anew a few times in its life, however often new files come.
/// </summary>
internal static class CompactionPlanner
{
    /// <summary>A merge has at least so many times the bytes of its largest file.</summary>
    public const int LeastRatio = 4;

    /// <summary>A merge that is cut takes files until they have so many times what fills a slice: as many files come
    /// out, and each is a pass over the rows.</summary>
    private const int SlicesACut = 8;

    /// <summary>Files that fill a longer slice are cut into shorter ones when there are so many of them.</summary>
    private const int FilesOfSlice = 8;

    /// <summary>The merges that are due; none shares a file with another.</summary>
    /// <param name="files">The live files of one partition.</param>
    /// <param name="isClosed">The partition's date is over.</param>
    /// <param name="hasTimes">Its rows have event times within the date, by which they may be cut.</param>
    /// <param name="options">Sizes and limits.</param>
    public static IReadOnlyList<PlannedMerge> Plan(
        IReadOnlyList<CompactionFile> files,
        bool isClosed,
        bool hasTimes,
        CompactionOptions options
    )
    {
        var merges = new List<PlannedMerge>();
        var fill = options.FillBytes;
        var capacity = hasTimes ? SlicesACut * fill : options.TargetBytes;
        var most = isClosed ? Math.Min(options.ClosedFiles, options.MinFiles - 1) : options.MinFiles - 1;
        var small = files.Where(file => file.Slice is null && file.SizeBytes < fill).ToList();
        if (small.Count > most)
            Add(InTurn(Chosen(small, most), capacity, takesAll: true));
        if (!hasTimes)
            return merges;
        Add(InTurn(Wide(files, fill), capacity, takesAll: false));
        foreach (var slice in files.Where(file => file.Slice is not null).GroupBy(file => file.Slice!.Value))
            if (slice.Key.Minutes > TimeSlice.Lengths[^1] && slice.Count() >= FilesOfSlice)
                Add(InTurn([.. slice], SlicesWithin(slice.Key) * fill, takesAll: false));
        return merges;

        void Add(IEnumerable<List<CompactionFile>> groups) =>
            merges.AddRange(
                groups.Select(group => new PlannedMerge(group, hasTimes && group.Sum(file => file.SizeBytes) >= fill))
            );
    }

    // How many of the next shorter slices a slice has.
    private static int SlicesWithin(TimeSlice slice) =>
        slice.Minutes / TimeSlice.Lengths.First(minutes => minutes < slice.Minutes);

    /// <summary>Large files that hold rows of more time than they would if the date was cut. Where the date has few
    /// bytes, none does.</summary>
    private static List<CompactionFile> Wide(IReadOnlyList<CompactionFile> files, long fill)
    {
        var large = files.Where(file => file.Slice is null && file.SizeBytes >= fill).ToList();
        if (large.Count < LeastRatio)
            return [];
        var bytes = files.Sum(file => file.SizeBytes);
        var length = TimeSlice.Lengths.LastOrDefault(
            minutes => bytes * (double)minutes / TimeSlice.MinutesOfDay >= fill,
            TimeSlice.MinutesOfDay
        );
        return [.. large.Where(file => file.Span.Value is not { } span || span.Minutes > length)];
    }

    /// <summary>
    /// Of too many small files those to merge: the smallest, so many that the merge has the most bytes for each byte of
    /// its largest file. These are all files of about one size, until there are so many larger ones that they go along;
    /// a row is then written anew three times while 63 files grow to 45,000 times the size of the first.
    /// </summary>
    private static List<CompactionFile> Chosen(List<CompactionFile> small, int most)
    {
        var files = small.OrderBy(file => file.SizeBytes).ThenBy(file => file.Path, StringComparer.Ordinal).ToList();
        var least = Math.Max(2, files.Count - most + 1);
        var (bytes, best, count) = (0L, 0d, 0);
        for (var i = 0; i < files.Count; i++)
        {
            bytes += files[i].SizeBytes;
            var ratio = bytes / (double)Math.Max(1, files[i].SizeBytes);
            if (i + 1 >= least && ratio >= best)
                (best, count) = (ratio, i + 1);
        }
        return files[..count];
    }

    /// <summary>Groups of files, oldest first, each with <paramref name="capacity"/> bytes or more and four times its
    /// largest file.</summary>
    /// <param name="files">The files.</param>
    /// <param name="capacity">What a group has to have.</param>
    /// <param name="takesAll">Files at the end that make no group of their own go to the last one, or make the only
    /// one.</param>
    private static List<List<CompactionFile>> InTurn(List<CompactionFile> files, long capacity, bool takesAll)
    {
        var groups = new List<List<CompactionFile>>();
        var group = new List<CompactionFile>();
        var (bytes, largest) = (0L, 0L);
        foreach (
            var file in files.OrderBy(file => file.ModifiedMillis).ThenBy(file => file.Path, StringComparer.Ordinal)
        )
        {
            group.Add(file);
            (bytes, largest) = (bytes + file.SizeBytes, Math.Max(largest, file.SizeBytes));
            if (bytes < capacity || bytes < LeastRatio * largest)
                continue;
            groups.Add(group);
            (group, bytes, largest) = ([], 0, 0);
        }
        if (!takesAll || group.Count == 0)
            return groups;
        if (groups.Count == 0 || (group.Count > 1 && bytes >= LeastRatio * largest))
            groups.Add(group);
        else
            groups[^1].AddRange(group);
        return groups;
    }
}
