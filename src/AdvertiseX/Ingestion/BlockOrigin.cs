using AdvertiseX.Decoding;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Ingestion;

/// <summary>What a block is of.</summary>
/// <param name="Source">Its stream.</param>
/// <param name="Context">What its records share.</param>
/// <param name="NewDecoder">Makes a decoder for it; one made for another stream of the same contract will do
/// too.</param>
internal readonly record struct BlockOrigin(IEventStream Source, StreamContext Context, Func<IBlockDecoder> NewDecoder)
{
    /// <summary>Whether the block's bytes stay in memory until its records are committed.</summary>
    public bool IsKept { get; init; }
}
