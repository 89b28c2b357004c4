namespace AdvertiseX.Generation;

/// <summary>
/// What must become of one kind of event: received = accepted + duplicate + rejected + filtered. Lines whose kind
/// cannot be told count under clicks; a damaged block counts as one received, one rejected.
/// </summary>
public sealed class FeedCounts
{
    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);

    public long Received => Accepted + Duplicate + Rejected + Filtered;

    /// <summary>Late lines included.</summary>
    public long Accepted { get; internal set; }

    public long Duplicate { get; internal set; }

    public long Rejected => _reasons.Values.Sum();

    /// <summary>Always 0: the shipped contracts filter nothing.</summary>
    public long Filtered { get; internal set; }

    /// <summary>Accepted lines that stand hours or days after their time.</summary>
    public long Late { get; internal set; }

    /// <summary>Rejected lines by reason code.</summary>
    public IReadOnlyDictionary<string, long> Reasons => _reasons;

    internal void Reject(string reason) => _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
}
