namespace AdvertiseX.Events;

/// <summary>What became of the records of one kind: received = accepted + duplicate + rejected + filtered. Not
/// thread-safe.</summary>
public sealed class KindCounts
{
    private readonly long[] _reasons = new long[RejectReasons.Count];

    internal KindCounts() { }

    public long Received { get; internal set; }

    public long Accepted { get; internal set; }

    public long Duplicate { get; internal set; }

    public long Filtered { get; internal set; }

    /// <summary>Duplicates among events without a user, whose id is a hash of the whole record; part of
    /// <see cref="Duplicate"/>.</summary>
    public long DuplicateWithoutUser { get; internal set; }

    public long Rejected => _reasons.Sum();

    /// <summary>Whether every received record is in exactly one of the other counts.</summary>
    public bool Conserves => Received == Accepted + Duplicate + Rejected + Filtered;

    public long this[RejectReason reason]
    {
        get => _reasons[(int)reason];
        internal set => _reasons[(int)reason] = value;
    }

    /// <summary>Zeros for each kind, by <see cref="EventKind"/>.</summary>
    internal static KindCounts[] OfEachKind() =>
        [.. Enumerable.Range(0, FactTables.KindCount).Select(_ => new KindCounts())];

    internal void Add(KindCounts other)
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
