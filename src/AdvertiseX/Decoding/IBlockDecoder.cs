using AdvertiseX.Events;
using AdvertiseX.Validation;

namespace AdvertiseX.Decoding;

/// <summary>
/// Turns blocks of one format into rows. A decoder keeps nothing of the stream between blocks except guesses that make
/// it fast; blocks may come in any order. One per decoding thread; not thread-safe.
/// </summary>
internal interface IBlockDecoder : IDisposable
{
    /// <summary>Reads every record of the block into the writer's slots and writes it; what is no record becomes a
    /// reject. Never throws for what the bytes are.</summary>
    void Decode(Block block, RowWriter rows);
}
