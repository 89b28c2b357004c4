using System.Runtime.InteropServices;
using AdvertiseX.Keys;

namespace AdvertiseX.Deduplication;

/// <summary>Rows of one day that may have copies in files of one origin. Not thread-safe.</summary>
/// <param name="origin">Which files.</param>
/// <param name="rows">The day.</param>
/// <param name="entries">The rows, as sorted entries; taken over.</param>
/// <param name="byTimeOnly">Whether only files are asked whose times cover a row's own.</param>
internal sealed unsafe class Suspects(KeyOrigin origin, DayRows rows, List<ulong> entries, bool byTimeOnly)
{
    // Entries by time, and their times; made when first asked for.
    private ulong[]? _byTime;
    private long[] _timeOf = [];

    public KeyOrigin Origin => origin;

    public DayRows Rows => rows;

    public bool ByTimeOnly => byTimeOnly;

    public int Count => entries.Count;

    /// <summary>The rows, as sorted entries.</summary>
    public ReadOnlySpan<ulong> Entries => CollectionsMarshal.AsSpan(entries);

    /// <summary>How many have times that a file with rows of the day covers.</summary>
    public int CountCovered(AskedFile file, long* times)
    {
        var (from, to) = CoveredBy(file, times);
        return to - from;
    }

    public void RemoveAll(Predicate<ulong> match)
    {
        if (entries.RemoveAll(match) > 0)
            _byTime = null;
    }

    /// <summary>Adds those for which a file is to be asked to sorted entries.</summary>
    /// <param name="wanted">The entries.</param>
    /// <param name="file">The file.</param>
    /// <param name="times">Times of the batch's rows.</param>
    /// <param name="ownTimes">Those whose times the file covers, or all others.</param>
    /// <param name="sameDay">Whether the file has rows of the day.</param>
    public void AddTo(List<ulong> wanted, AskedFile file, long* times, bool ownTimes, bool sameDay)
    {
        var (from, to) = sameDay ? CoveredBy(file, times) : (0, 0);
        var covered = to - from;
        if (covered == (ownTimes ? 0 : entries.Count))
            return;
        var isFirst = wanted.Count == 0;
        if (covered == (ownTimes ? entries.Count : 0))
        {
            wanted.AddRange(entries);
            if (isFirst)
                return;
        }
        else if (ownTimes)
        {
            wanted.AddRange(_byTime.AsSpan(from, covered));
        }
        else
        {
            wanted.AddRange(_byTime.AsSpan(0, from));
            wanted.AddRange(_byTime.AsSpan(to));
        }

        CollectionsMarshal.AsSpan(wanted).Sort();
    }

    // Which of the entries by time have times that a file covers.
    private (int From, int To) CoveredBy(AskedFile file, long* times)
    {
        if (_byTime is null)
        {
            _byTime = [.. entries];
            _timeOf = [.. entries.Select(entry => times[SortedKeys.RowOf(entry)])];
            Array.Sort(_timeOf, _byTime);
        }

        return (FirstAt(file.Least), file.Greatest == long.MaxValue ? _timeOf.Length : FirstAt(file.Greatest + 1));
    }

    private int FirstAt(long time)
    {
        var (low, high) = (0, _timeOf.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_timeOf[middle] < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
