using AdvertiseX.Columns;

namespace AdvertiseX.Lake;

/// <summary>
/// Divides the rows of sorted files into windows that fit into memory, each a range of campaigns and times: every
/// window holds the rows between two keys of all files, which lie side by side in each of them. What a row takes is its
/// encoded bytes, its place in the order and one column at a time.
/// </summary>
internal sealed class MergePlan
{
    /// <summary>Every so many rows of a file one is looked at to find the keys that divide.</summary>
    private const int SampledRows = 1024;

    /// <summary>Bytes that a row takes while its place is found: campaign, time, and its number twice.</summary>
    private const int OrderBytes = 32;

    private const string Campaign = "campaign_id";
    private const string Time = "event_time";

    private readonly IReadOnlyList<MergeSource> _sources;
    private readonly TableSchema _keys;
    private readonly List<(MergeKey Key, long Bytes)> _samples = [];
    private readonly CancellationToken _cancellation;

    private MergePlan(IReadOnlyList<MergeSource> sources, TableSchema schema, CancellationToken cancellation)
    {
        _sources = sources;
        _keys = new TableSchema(schema.Name, [.. schema.Columns.Where(column => column.Name is Campaign or Time)]);
        _cancellation = cancellation;
    }

    /// <summary>
    /// The windows, in the order of their keys; null when there have to be several and a file is not sorted by campaign
    /// and time, or has another layout. Where one window is enough, nothing but metadata was read.
    /// </summary>
    /// <param name="sources">The files.</param>
    /// <param name="schema">Their table.</param>
    /// <param name="windowBytes">Bytes that the rows of a window take.</param>
    /// <param name="cancellation">Stops between two row groups.</param>
    /// <exception cref="Delta.DeltaException">A file is damaged.</exception>
    public static IReadOnlyList<MergeWindow>? Make(
        IReadOnlyList<MergeSource> sources,
        TableSchema schema,
        long windowBytes,
        CancellationToken cancellation
    )
    {
        var total = sources.Sum(source => BytesOf(source).Sum());
        var windows = (total + windowBytes - 1) / windowBytes;
        if (windows <= 1)
            return [new(new long[sources.Count], [.. sources.Select(source => source.Reader.Rows)])];
        var plan = new MergePlan(sources, schema, cancellation);
        for (var i = 0; i < sources.Count; i++)
        {
            if (!plan.Sample(i))
                return null;
        }

        return plan.Divide(plan.Boundaries(total / windows));
    }

    private static IEnumerable<long> BytesOf(MergeSource source) =>
        Enumerable.Range(0, source.Reader.RowGroups.Count).Select(group => BytesOf(source, group));

    private static long BytesOf(MergeSource source, int group) =>
        source.Reader.FileBytesOf(group)
        + source.Reader.ColumnBytesOf(group)
        + (source.Reader.RowGroups[group].Rows * OrderBytes);

    /// <summary>Takes samples of a file, which is hashed on the way.</summary>
    private bool Sample(int index)
    {
        var source = _sources[index];
        source.BeginHash();
        long first = 0;
        MergeKey? last = null;
        for (var group = 0; group < source.Reader.RowGroups.Count; group++)
        {
            using var keys = ReadKeys(source, group);
            if (keys == null || (last = SortedUntil(keys, last)) == null)
                return false;
            var rowBytes = BytesOf(source, group) / keys.Rows;
            for (var row = 0; row < keys.Rows; row += SampledRows)
            {
                var rows = Math.Min(SampledRows, keys.Rows - row);
                _samples.Add((KeyAt(keys, row, index, first + row), rows * rowBytes));
            }

            first += keys.Rows;
        }

        source.RequireHash();
        source.Release();
        return true;
    }

    private ColumnBatch? ReadKeys(MergeSource source, int group)
    {
        _cancellation.ThrowIfCancellationRequested();
        var rows = (int)source.Reader.RowGroups[group].Rows;
        var keys = new ColumnBatch(_keys, rows + 1);
        if (source.Read(group, 0, rows, keys))
            return keys;
        keys.Dispose();
        return null;
    }

    /// <summary>The key of the last row, or null when the rows are not sorted, or the first comes before
    /// <paramref name="before"/>.</summary>
    private unsafe MergeKey? SortedUntil(ColumnBatch keys, MergeKey? before)
    {
        var end = KeyAt(keys, keys.Rows - 1, 0, 0);
        if (before is { } key && MergeKey.Compare(CampaignAt(keys, 0), TimeAt(keys, 0), key) < 0)
            return null;
        var codes = _keys.Has(Campaign) ? keys.Dictionary(Campaign).Codes : null;
        var times = _keys.Has(Time) ? keys.Int64(Time).Values : null;
        for (var row = 1; row < keys.Rows; row++)
        {
            var sorted =
                codes == null || codes[row] == codes[row - 1]
                    ? times == null || times[row - 1] <= times[row]
                    : CampaignAt(keys, row - 1).SequenceCompareTo(CampaignAt(keys, row)) < 0;
            if (!sorted)
                return null;
        }

        return end;
    }

    /// <summary>The keys between windows of about <paramref name="bytes"/> bytes.</summary>
    private List<MergeKey> Boundaries(long bytes)
    {
        _samples.Sort((one, other) => one.Key.CompareTo(other.Key));
        var boundaries = new List<MergeKey>();
        long held = 0;
        foreach (var (key, sampleBytes) in _samples)
        {
            if (held > 0 && held + sampleBytes > bytes)
            {
                boundaries.Add(key);
                held = 0;
            }

            held += sampleBytes;
        }

        return boundaries;
    }

    private List<MergeWindow>? Divide(List<MergeKey> boundaries)
    {
        var cuts = new long[boundaries.Count + 2][];
        for (var i = 0; i < cuts.Length; i++)
            cuts[i] = new long[_sources.Count];
        for (var s = 0; s < _sources.Count; s++)
        {
            var source = _sources[s];
            for (var group = 0; group < source.Reader.RowGroups.Count; group++)
            {
                using var keys = ReadKeys(source, group);
                if (keys == null)
                    return null;
                for (var b = 0; b < boundaries.Count; b++)
                    cuts[b + 1][s] += RowsBefore(keys, s, boundaries[b]);
            }

            for (var b = 0; b < boundaries.Count; b++)
                cuts[b + 1][s] = boundaries[b].Source == s ? boundaries[b].Row : cuts[b + 1][s];
            cuts[^1][s] = source.Reader.Rows;
            source.Release();
        }

        return [.. Enumerable.Range(0, cuts.Length - 1).Select(i => new MergeWindow(cuts[i], cuts[i + 1]))];
    }

    /// <summary>Rows of sorted keys that come before a key: of its campaign and time, those of the files before
    /// its.</summary>
    private int RowsBefore(ColumnBatch keys, int source, in MergeKey key)
    {
        int from = 0,
            until = keys.Rows;
        while (from < until)
        {
            var row = from + ((until - from) / 2);
            var order = MergeKey.Compare(CampaignAt(keys, row), TimeAt(keys, row), key);
            if (order < 0 || (order == 0 && source < key.Source))
                from = row + 1;
            else
                until = row;
        }

        return from;
    }

    private MergeKey KeyAt(ColumnBatch keys, int row, int source, long fileRow) =>
        new(CampaignAt(keys, row).ToArray(), TimeAt(keys, row), source, fileRow);

    private ReadOnlySpan<byte> CampaignAt(ColumnBatch keys, int row) =>
        _keys.Has(Campaign) ? keys.Dictionary(Campaign).Get(row) : default;

    private unsafe long TimeAt(ColumnBatch keys, int row) =>
        _keys.Has(Time) && keys.Int64(Time).Values is var times && times != null ? times[row] : 0;
}
