using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>What is to be done next with what a live source read: a block joins the unit, or the unit is
/// committed.</summary>
/// <param name="Block">The block, being decoded; null to commit.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Bytes">Bytes of it.</param>
internal readonly record struct LiveStep(Task<DecodedBlock>? Block, ILiveStream? Stream, long Bytes)
{
    /// <summary>Set when everything before was committed; null when nobody waits for it.</summary>
    public ManualResetEventSlim? Drained { get; init; }
}
