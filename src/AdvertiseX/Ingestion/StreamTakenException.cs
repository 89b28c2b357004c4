using AdvertiseX.Lake;

namespace AdvertiseX.Ingestion;

/// <summary>The ledger does not stand where parts of streams began, mostly because another process took the same parts;
/// what it committed stands, and nothing of ours was.</summary>
internal sealed class StreamTakenException(IReadOnlyList<StreamConflict> streams)
    : Exception(
        $"{streams[0].Stream}: another process ingests it: we read from {streams[0].From}, the ledger stands at {streams[0].Recorded}"
    )
{
    /// <summary>The streams, one at least.</summary>
    public IReadOnlyList<StreamConflict> Streams => streams;

    public StreamConflict First => streams[0];

    /// <summary>True if looking at the source again changed nothing: then no other process is the cause.</summary>
    public bool IsGapSeenIn(StreamTakenException? before) =>
        First.From != First.Recorded && before != null && before.First == First;
}
