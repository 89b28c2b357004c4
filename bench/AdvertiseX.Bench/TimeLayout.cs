namespace AdvertiseX.Bench;

/// <summary>What times the rows of a live stream have.</summary>
internal enum TimeLayout
{
    /// <summary>The last two seconds, in micros.</summary>
    Micros,

    /// <summary>The last two seconds, cut to seconds.</summary>
    Seconds,

    /// <summary>Cut to days.</summary>
    Days,

    /// <summary>Any time of the day so far, as in a backfill whose files are in the order of campaigns.</summary>
    Campaigns,
}
