namespace AdvertiseX.Ingestion;

/// <summary>The ledger does not stand where a part of a stream began, mostly because another process took the same
/// part; what it committed stands, and nothing of ours was.</summary>
internal sealed class StreamTakenException(string stream, long from, long recorded)
    : Exception($"{stream}: another process ingests it: we read from {from}, the ledger stands at {recorded}")
{
    public string Stream => stream;

    /// <summary>Position that was read from.</summary>
    public long From => from;

    /// <summary>Position that the ledger holds.</summary>
    public long Recorded => recorded;

    /// <summary>True if looking at the source again changed nothing: then no other process is the cause.</summary>
    public bool IsGapSeenIn(StreamTakenException? before) =>
        from != recorded && before != null && (before.Stream, before.From, before.Recorded) == (stream, from, recorded);
}
