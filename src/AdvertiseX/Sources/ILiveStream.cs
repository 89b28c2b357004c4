using AdvertiseX.Decoding;
using AdvertiseX.Events;
using AdvertiseX.Framing;

namespace AdvertiseX.Sources;

/// <summary>A stream that is read beside others (<see cref="ILiveSource"/>), from where it was opened until it is given
/// up; the same partition read again later is another one.</summary>
internal interface ILiveStream : IEventStream
{
    /// <summary>Name of the stream in the ledger.</summary>
    string Stream { get; }

    /// <summary>True once somebody else may read it, or it has to be read anew from where the ledger stands: what was
    /// read of it and is not in the ledger is dropped.</summary>
    bool IsGivenUp { get; }

    /// <summary>Gets ready what decoding a block needs from elsewhere. An outage is waited for, without holding a
    /// thread.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    ValueTask PrepareAsync(Block block);

    /// <summary>A decoder for its blocks, and for those of every other stream of the same contract.</summary>
    IBlockDecoder CreateDecoder(FramerOptions options);
}
