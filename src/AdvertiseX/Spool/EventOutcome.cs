namespace AdvertiseX.Spool;

/// <summary>What can become of an event.</summary>
internal enum EventOutcome
{
    /// <summary>It is valid; whether it is a duplicate is not known yet.</summary>
    Valid,

    /// <summary>It is a row of its table.</summary>
    Accepted,

    /// <summary>The same event was there before.</summary>
    Duplicate,

    /// <summary>It is kept among the rejects, with the reason.</summary>
    Rejected,

    /// <summary>The contract leaves such events out.</summary>
    Filtered,
}
