using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Lake;

/// <summary>
/// One date of a table whose files are only described: how many bytes they have of which minute. Merges are carried out
/// on the descriptions, and what they write is counted. A byte is a row.
/// </summary>
internal sealed class SimulatedDate(CompactionOptions options, bool hasTimes = true)
{
    private readonly Dictionary<string, (CompactionFile File, SortedDictionary<int, long> Minutes)> _files = [];
    private long _time;
    private int _names;

    public IEnumerable<CompactionFile> Files => _files.Values.Select(each => each.File);

    public long Ingested { get; private set; }

    public long Written { get; private set; }

    /// <summary>Bytes that files and merges wrote, for each that came.</summary>
    public double Amplification => (double)Written / Ingested;

    /// <summary>Merges with less than four times the bytes of their largest file.</summary>
    public int Unbalanced { get; private set; }

    public int Merges { get; private set; }

    public int MostSmall { get; private set; }

    public IReadOnlyList<CompactionFile> Small =>
        [.. Files.Where(file => file.Slice is null && file.SizeBytes < options.FillBytes)];

    public void Add(IEnumerable<(int Minute, long Bytes)> rows)
    {
        var minutes = new SortedDictionary<int, long>();
        foreach (var (minute, bytes) in rows)
            minutes[minute] = minutes.GetValueOrDefault(minute) + bytes;
        Keep(minutes, null);
        Ingested += minutes.Values.Sum();
    }

    /// <summary>Merges until nothing is due.</summary>
    public void Compact(bool isClosed)
    {
        while (CompactionPlanner.Plan([.. Files], isClosed, hasTimes, options) is { Count: > 0 } merges)
        {
            var inputs = merges.SelectMany(merge => merge.Inputs).ToList();
            Assert.Distinct(inputs.Select(file => file.Path));
            foreach (var merge in merges)
                Merge(merge);
        }
        MostSmall = Math.Max(MostSmall, Small.Count);
    }

    /// <summary>Files that may hold rows of a minute.</summary>
    public int FilesAt(int minute) =>
        _files.Values.Count(each => each.Minutes.Keys.First() <= minute && minute <= each.Minutes.Keys.Last());

    private void Merge(PlannedMerge merge)
    {
        Merges++;
        var bytes = merge.Inputs.Sum(file => file.SizeBytes);
        if (bytes < 4 * merge.Inputs.Max(file => file.SizeBytes))
            Unbalanced++;
        var minutes = new SortedDictionary<int, long>();
        foreach (var file in merge.Inputs)
        {
            foreach (var (minute, of) in _files[file.Path].Minutes)
                minutes[minute] = minutes.GetValueOrDefault(minute) + of;
            _files.Remove(file.Path);
        }
        if (!merge.IsCut)
        {
            Keep(minutes, null);
            return;
        }
        var rows = minutes.Select(each => new MinuteRows(each.Key, each.Value, each.Key, each.Key)).ToList();
        var parts = SliceCut.Of(rows, bytes, options.FillBytes, options.TargetBytes);
        Assert.Equal(bytes, parts.Sum(part => part.Rows));
        foreach (var part in parts)
            Keep(new(part.Minutes.ToDictionary(each => each.Minute, each => each.Rows)), part.Slice);
    }

    private void Keep(SortedDictionary<int, long> minutes, TimeSlice? slice)
    {
        var bytes = minutes.Values.Sum();
        var span = TimeSlice.Over(minutes.Keys.First(), minutes.Keys.Last());
        Assert.True(slice is null || slice.Value.Minutes >= span.Minutes, $"{slice} does not hold {span}");
        var file = new CompactionFile($"{_names++:0000000}", bytes, _time++, slice, new(span));
        _files.Add(file.Path, (file, minutes));
        Written += bytes;
    }
}
