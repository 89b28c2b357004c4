using AdvertiseX.Events;

namespace AdvertiseX.Ingestion;

/// <summary>A unit that is in the ledger.</summary>
/// <param name="LedgerVersion">Its ledger version.</param>
/// <param name="Streams">What became of the records of each stream, by event kind.</param>
internal sealed record CommittedUnit(
    long LedgerVersion,
    IReadOnlyList<(StreamTally Stream, KindCounts[] Counts)> Streams
)
{
    /// <summary>Since when rows had to arrive for copies at another time to be found, for each kind whose filters did
    /// not fit into memory.</summary>
    public IReadOnlyDictionary<EventKind, DateTimeOffset> LookedBackTo { get; init; } =
        new Dictionary<EventKind, DateTimeOffset>();

    /// <summary>Tells every stream how far it is in the ledger.</summary>
    public async ValueTask TellSourcesAsync()
    {
        foreach (var (stream, _) in Streams)
            await stream.Source.CommittedAsync(stream.Next, CancellationToken.None);
    }
}
