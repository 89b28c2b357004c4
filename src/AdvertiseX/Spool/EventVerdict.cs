using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>What became of one event of a delivery.</summary>
/// <param name="Outcome">What became of it.</param>
internal sealed record EventVerdict(EventOutcome Outcome)
{
    /// <summary>Its kind; null where the record could not be read so far, or was filtered.</summary>
    public EventKind? Kind { get; init; }

    /// <summary>Its id; null where it has none, as it is rejected or filtered.</summary>
    public string? EventId { get; init; }

    /// <summary>Why it was rejected; null if it was not.</summary>
    public RejectReason? Reason { get; init; }

    /// <summary>The column or source field at fault; null when the whole record is, or nothing.</summary>
    public string? Field { get; init; }

    /// <summary>What would have been right; null if nothing was wrong.</summary>
    public string? Expected { get; init; }

    /// <summary>What stood there; null if nothing was wrong, or nothing stood there.</summary>
    public string? Found { get; init; }
}
