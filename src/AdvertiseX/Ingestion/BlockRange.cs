using AdvertiseX.Events;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>Which bytes of a source a decoded block came from, so that a record of it can be read again.</summary>
/// <param name="Source">The stream it is of.</param>
/// <param name="Stream">Name of its stream.</param>
/// <param name="From">Offset of the block in the decompressed content.</param>
/// <param name="Next">Offset after it.</param>
/// <param name="ReceivedMicros">When the block's records were received.</param>
/// <param name="Header">CSV header or Avro schema that rejects of the stream need.</param>
internal readonly record struct BlockRange(
    IEventStream Source,
    string Stream,
    long From,
    long Next,
    long ReceivedMicros,
    ReadOnlyMemory<byte> Header
)
{
    /// <summary>The block itself, where its source cannot be asked for it again; else null.</summary>
    public Block? Kept { get; init; }
}
