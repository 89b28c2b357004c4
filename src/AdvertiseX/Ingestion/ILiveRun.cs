using AdvertiseX.Lake;

namespace AdvertiseX.Ingestion;

/// <summary>What a live run tells of itself. Calls come from several threads.</summary>
internal interface ILiveRun
{
    /// <summary>A unit is in the ledger. The next one is committed when the call ends.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="rows">Its rows and rejects, valid during the call.</param>
    /// <param name="giveUp">There is no more time.</param>
    ValueTask CommittedAsync(CommittedUnit unit, CommitUnit rows, CancellationToken giveUp);

    /// <summary>Somebody else committed parts of streams that were read here.</summary>
    void Taken(IReadOnlyList<StreamConflict> streams);

    /// <summary>Something that is needed failed and is tried again after a pause.</summary>
    void Outage(Exception failed, TimeSpan pause);

    /// <summary>A unit whose commit had failed is done with.</summary>
    void Recovered();
}
