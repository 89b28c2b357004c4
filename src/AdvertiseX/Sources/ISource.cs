using AdvertiseX.Framing;

namespace AdvertiseX.Sources;

/// <summary>
/// One stream of events with positions that is read by itself: bounded, as a file is, or endless. Streams that are read
/// side by side are an <see cref="ILiveSource"/>.
/// </summary>
/// <remarks>
/// <para> Delivery: at least once. From the position asked for on, a reader gives every record once, in order, in
/// blocks without a gap. The same position may be asked for again at any time and gives the same records, as long as
/// the source keeps them. Of a stream that the ledger does not know, a reader may begin above the position 0 that it is
/// asked for, where the first records are gone. Exactly once is made behind the source: the ledger commit decides which
/// positions were processed (docs/guarantees.md).
/// </para>
/// <para> Acknowledgement: reading acknowledges nothing. When a commit unit is in the ledger, the pipeline calls <see
/// cref="IEventStream.CommittedAsync"/>; a source with a broker or a spool behind it then commits offsets or drops
/// segments. The call may be lost or repeated: nothing may depend on it but what others see, such as the lag of a
/// consumer group.
/// </para>
/// <para>An outage is an exception of the reader; bytes that are no record become rejects further on and never an
/// exception.</para>
/// </remarks>
internal interface ISource : IEventStream
{
    /// <summary>Bytes to read, for progress; 0 where nobody knows.</summary>
    long SizeBytes { get; }

    /// <summary>Opens the stream at a position.</summary>
    /// <exception cref="BrokenOffException">It cannot be opened.</exception>
    ISourceReader Open(StreamStart start, FramerOptions options);
}
