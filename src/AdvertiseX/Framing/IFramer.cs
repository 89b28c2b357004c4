using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Events;

namespace AdvertiseX.Framing;

/// <summary>
/// Finds where records end in one stream, and nothing else; holds what belongs to the stream (header, delimiter,
/// schema). Sequential, not thread-safe. The blocks it gives cover the stream from where it started without a gap.
/// </summary>
internal interface IFramer : IDisposable
{
    /// <summary>The next block, owned by the caller, or null at the end of the stream.</summary>
    /// <exception cref="IOException">The source failed.</exception>
    Block? Next();

    /// <summary>
    /// Goes on at a record that is known to begin at this offset (in Avro its container block), at or behind the end of
    /// the last block given: for reading single records again. By seeking where the source can.
    /// </summary>
    /// <exception cref="IOException">The source failed.</exception>
    void SkipTo(long offset);

    /// <summary>What a reject of this stream needs besides its bytes to be read again: a CSV header line, an Avro
    /// schema.</summary>
    ReadOnlyMemory<byte> HeaderForReplay { get; }

    /// <summary>A decoder for this stream's blocks; one for each decoding thread. Valid once the first block was
    /// given.</summary>
    IRecordDecoder CreateDecoder(CompiledContract contract);
}
