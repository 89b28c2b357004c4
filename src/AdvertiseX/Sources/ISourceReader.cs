using AdvertiseX.Contracts;
using AdvertiseX.Decoding;

namespace AdvertiseX.Sources;

/// <summary>A source opened at a position. For one thread at a time, decoders excepted.</summary>
internal interface ISourceReader : IDisposable
{
    /// <summary>The next block, or null at the end of a bounded source. Waits where an endless one has nothing
    /// new.</summary>
    /// <exception cref="BrokenOffException">The source could not be read to its end; the whole records before were
    /// given.</exception>
    /// <exception cref="OperationCanceledException">Stopped while waiting.</exception>
    CutBlock? Next(CancellationToken stop);

    /// <summary>
    /// Goes on at a record that is known to begin at this position (in Avro its container block), at or behind the end
    /// of the last block given: for reading single records again.
    /// </summary>
    void SkipTo(long position);

    /// <summary>What a reject needs besides its bytes to be read again: a CSV header line, an Avro schema. Valid once
    /// the first block was given.</summary>
    ReadOnlyMemory<byte> HeaderForReplay { get; }

    /// <summary>The date that the source's name tells, for contracts that let it stand for a missing time; else
    /// null.</summary>
    DateOnly? NamedDate { get; }

    /// <summary>A decoder for blocks of this stream, one for each decoding thread. Valid once the first block was
    /// given.</summary>
    IRecordDecoder CreateDecoder(CompiledContract contract);
}
