namespace AdvertiseX.Deduplication;

/// <summary>Some files of the lake that may hold copies.</summary>
/// <param name="files">The files; at least one.</param>
internal sealed class AskedFiles(AskedFile[] files)
{
    public AskedFile[] Files => files;

    /// <summary>First day of their rows, since 1970 UTC.</summary>
    public int FirstDay { get; } = files.Min(file => file.FirstDay);

    /// <summary>Last day of their rows.</summary>
    public int LastDay { get; } = files.Max(file => file.LastDay);

    /// <summary>How many of them cover one time, at the most.</summary>
    public int MostAtOnce
    {
        get => field > 0 ? field : field = CountAtOnce();
    }

    private int CountAtOnce()
    {
        var ends = files.Select(file => file.Greatest).Order().ToArray();
        var (most, begun, ended) = (0, 0, 0);
        foreach (var time in files.Select(file => file.Least).Order())
        {
            begun++;
            while (ends[ended] < time)
                ended++;
            most = Math.Max(most, begun - ended);
        }

        return most;
    }
}
