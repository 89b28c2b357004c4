namespace AdvertiseX.Events;

/// <summary>What became of the records of one kind: received = accepted + duplicate + rejected + filtered. Not
/// thread-safe.</summary>
public sealed class KindCounts
{
    private readonly long[] _reasons = new long[RejectReasons.Count];

    public long Received { get; set; }

    public long Accepted { get; set; }

    public long Duplicate { get; set; }

    public long Filtered { get; set; }

    /// <summary>Duplicates among events without a user, whose id is a hash of the whole record; part of
    /// <see cref="Duplicate"/>.</summary>
    public long DuplicateWithoutUser { get; set; }

    public long Rejected => _reasons.Sum();

    /// <summary>Whether every received record is in exactly one of the other counts.</summary>
    public bool Conserves => Received == Accepted + Duplicate + Rejected + Filtered;

    public long this[RejectReason reason]
    {
        get => _reasons[(int)reason];
        set => _reasons[(int)reason] = value;
    }

    public void Add(KindCounts other)
    {
        Received += other.Received;
        Accepted += other.Accepted;
        Duplicate += other.Duplicate;
        Filtered += other.Filtered;
        DuplicateWithoutUser += other.DuplicateWithoutUser;
        for (var i = 0; i < _reasons.Length; i++)
            _reasons[i] += other._reasons[i];
    }

    /// <summary>Reason codes with their counts, zeros left out.</summary>
    public IEnumerable<KeyValuePair<string, long>> Reasons()
    {
        for (var i = 0; i < _reasons.Length; i++)
            if (_reasons[i] > 0)
                yield return new(((RejectReason)i).Code(), _reasons[i]);
    }
}
