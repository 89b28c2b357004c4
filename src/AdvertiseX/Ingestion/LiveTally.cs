using AdvertiseX.Events;

namespace AdvertiseX.Ingestion;

/// <summary>What a worker of live streams has committed so far. Not thread-safe.</summary>
internal sealed class LiveTally
{
    private readonly KindCounts[] _counts = KindCounts.OfEachKind();

    public int Commits { get; private set; }

    /// <summary>What became of the records of a kind.</summary>
    public KindCounts CountsOf(EventKind kind) => _counts[(int)kind];

    /// <summary>Adds a unit that is in the ledger.</summary>
    public void Add(CommittedUnit unit)
    {
        Commits++;
        foreach (var (_, counts) in unit.Streams)
        foreach (var kind in Enum.GetValues<EventKind>())
            _counts[(int)kind].Add(counts[(int)kind]);
    }
}
