using AdvertiseX.Columns;

namespace AdvertiseX.Events;

/// <summary>
/// The rows of a batch by date, and within a date by campaign (byte order of its id, rows without one first) and time.
/// A counting sort over dates and campaigns, then a sort by time only where rows did not come in order. Owns pooled
/// memory.
/// </summary>
internal sealed unsafe class RowOrder : IDisposable
{
    // Beyond so many groups (hostile input: each row its own day and campaign) counters would outgrow the rows.
    private const long MaxGroups = 4 << 20;
    private readonly NativeBuffer _rows;
    private readonly List<(int Day, int Start, int Count)> _dates = [];

    /// <param name="batch">Rows of a fact table.</param>
    /// <param name="keep">Whether a row is part of the order, one byte a row, 0 = yes; null keeps all.</param>
    public RowOrder(ColumnBatch batch, byte* keep)
    {
        _rows = NativePool.Rent(Math.Max(1, (long)batch.Rows * sizeof(int)));
        if (batch.Rows > 0)
            Sort(batch, keep);
    }

    /// <summary>Dates that have rows, ascending.</summary>
    public IEnumerable<DateOnly> Dates => _dates.Select(d => DateOf(d.Day));

    public int DateCount => _dates.Count;

    public DateOnly DateAt(int index) => DateOf(_dates[index].Day);

    /// <summary>Row numbers of the date at an index, in order.</summary>
    public ReadOnlySpan<int> RowsAt(int index) => new((int*)_rows.Pointer + _dates[index].Start, _dates[index].Count);

    public void Dispose() => _rows.Dispose();

    private static DateOnly DateOf(int day) => new DateOnly(1970, 1, 1).AddDays(day);

    private void Sort(ColumnBatch batch, byte* keep)
    {
        var days = batch.Int32("event_date").Values;
        var dayRank = Ranks(new ReadOnlySpan<int>(days, batch.Rows), out var firstDay, out var dayCount);
        var campaigns = batch.Schema.Has("campaign_id") ? batch.Dictionary("campaign_id") : null;
        var campaignRank = CampaignRanks(campaigns);
        var codes = campaigns is { IsAllocated: true } ? campaigns.Codes : null;
        var byCampaign = codes != null && (long)dayCount * campaignRank.Length <= MaxGroups;
        var groups = byCampaign ? campaignRank.Length : 1;
        var starts = new int[(dayCount * groups) + 1];
        for (var row = 0; row < batch.Rows; row++)
            if (keep == null || keep[row] == 0)
                starts[GroupOf(row) + 1]++;
        for (var i = 1; i < starts.Length; i++)
            starts[i] += starts[i - 1];
        var next = starts.AsSpan(0, starts.Length - 1).ToArray();
        var order = (int*)_rows.Pointer;
        for (var row = 0; row < batch.Rows; row++)
            if (keep == null || keep[row] == 0)
                order[next[GroupOf(row)]++] = row;
        // Rejects have no time of their own and stay as they came.
        var times = batch.Schema.Has("event_time") ? batch.Int64("event_time").Values : null;
        for (var g = 0; g + 1 < starts.Length && times != null; g++)
            SortByTime(new Span<int>(order + starts[g], starts[g + 1] - starts[g]), times);
        for (var day = firstDay; day - firstDay < dayRank.Length; day++)
        {
            var rank = dayRank[day - firstDay];
            if (rank < 0)
                continue;
            int start = starts[rank * groups],
                end = starts[(rank + 1) * groups];
            if (end > start)
                _dates.Add((day, start, end - start));
        }

        int GroupOf(int row) => (dayRank[days[row] - firstDay] * groups) + (byCampaign ? campaignRank[codes[row]] : 0);
    }

    // Rank of each day between the first and the last, −1 where a day has no rows. Validation bounds the span of event
    // times.
    private static int[] Ranks(ReadOnlySpan<int> days, out int first, out int count)
    {
        first = int.MaxValue;
        var last = int.MinValue;
        foreach (var day in days)
        {
            first = Math.Min(first, day);
            last = Math.Max(last, day);
        }

        var ranks = new int[last - first + 1];
        foreach (var day in days)
            ranks[day - first] = 1;
        count = 0;
        for (var i = 0; i < ranks.Length; i++)
            ranks[i] = ranks[i] == 0 ? -1 : count++;
        return ranks;
    }

    private static int[] CampaignRanks(DictionaryColumn? campaigns)
    {
        if (campaigns is not { IsAllocated: true })
            return [0];
        var dictionary = campaigns.Dictionary;
        var codes = Enumerable.Range(1, dictionary.Count).ToArray();
        Array.Sort(codes, (a, b) => dictionary[a].SequenceCompareTo(dictionary[b]));
        var ranks = new int[dictionary.Count + 1];
        for (var i = 0; i < codes.Length; i++)
            ranks[codes[i]] = i + 1;
        return ranks;
    }

    private static void SortByTime(Span<int> rows, long* times)
    {
        var sorted = true;
        for (var i = 1; i < rows.Length && sorted; i++)
            sorted = times[rows[i - 1]] <= times[rows[i]];
        if (sorted)
            return;
        using var runs = new RunMerge(rows, times);
        runs.MergeInto(rows);
    }
}
