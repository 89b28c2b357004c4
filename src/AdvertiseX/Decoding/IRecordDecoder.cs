using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Decoding;

/// <summary>A decoder whose records may go elsewhere than into rows.</summary>
internal interface IRecordDecoder : IBlockDecoder
{
    /// <summary>Gives the sink every record of the block; what is no record becomes a reject. Never throws for what the
    /// bytes are.</summary>
    void DecodeInto<TSink>(Block block, TSink sink)
        where TSink : struct, IRecordSink;
}
