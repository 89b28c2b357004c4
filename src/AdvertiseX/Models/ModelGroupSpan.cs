namespace AdvertiseX.Models;

/// <summary>How much of a key's time is one group of a keyed model that is computed group by group.</summary>
internal enum ModelGroupSpan
{
    /// <summary>All of it; the dates of the model's rows need not be those of its inputs.</summary>
    Always,

    /// <summary>One <c>event_date</c>.</summary>
    Date,

    /// <summary>One minute of UTC, of <c>event_time</c>.</summary>
    Minute,
}
