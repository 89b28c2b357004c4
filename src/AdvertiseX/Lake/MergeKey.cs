namespace AdvertiseX.Lake;

/// <summary>A place in the order of campaign and time, and among rows of one campaign and time a place in the order of
/// the files, so that any number of them can be divided.</summary>
/// <param name="Campaign">Bytes of the campaign's id; empty for none.</param>
/// <param name="Time">Time of the event in microseconds.</param>
/// <param name="Source">Index of the row's file.</param>
/// <param name="Row">Row in the file.</param>
internal readonly record struct MergeKey(byte[] Campaign, long Time, int Source, long Row) : IComparable<MergeKey>
{
    public int CompareTo(MergeKey other)
    {
        var order = Compare(Campaign, Time, other);
        if (order == 0)
            order = Source.CompareTo(other.Source);
        return order != 0 ? order : Row.CompareTo(other.Row);
    }

    /// <summary>Compares campaign and time of a row with a key's.</summary>
    public static int Compare(ReadOnlySpan<byte> campaign, long time, in MergeKey key)
    {
        var order = campaign.SequenceCompareTo(key.Campaign);
        return order != 0 ? order : time.CompareTo(key.Time);
    }
}
