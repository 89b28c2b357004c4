using AdvertiseX.Columns;

namespace AdvertiseX.Events;

/// <summary>
/// About 1 MB of whole records of one stream, as a framer cut them. Blocks of a stream follow one another without a
/// gap: each starts at <see cref="From"/> where the one before ended (<see cref="Next"/>, exclusive). Whoever takes the
/// block from the framer owns it and disposes it.
/// </summary>
internal sealed unsafe class Block : IDisposable
{
    private readonly NativeBuffer _buffer;

    /// <param name="buffer">Ownership passes to the block.</param>
    /// <param name="length">Bytes used of the buffer; 64 more may be read.</param>
    /// <param name="from">Offset of the first byte in the stream's decompressed content; of messages the position of
    /// the first.</param>
    public Block(NativeBuffer buffer, int length, long from)
    {
        _buffer = buffer;
        Length = length;
        From = from;
    }

    public byte* Bytes => _buffer.Pointer;

    public int Length { get; }

    public long From { get; }

    public long Next => Messages?.Next ?? (From + Length + SkippedBytes);

    /// <summary>Bytes of the stream after those held here that were not kept: the rest of an
    /// <see cref="OversizedLength"/> record.</summary>
    public long SkippedBytes { get; init; }

    /// <summary>Set when the block is nothing but the beginning of one record longer than the limit, which is one
    /// reject: the record's length in bytes, without its line end.</summary>
    public long? OversizedLength { get; init; }

    /// <summary>The last record of the block is the stream's last and is not terminated: judged, but if the stream
    /// grows it is read again. Its offset is where the position stays.</summary>
    public long? UnterminatedFrom { get; init; }

    /// <summary>Bytes at the start that hold no records: a byte order mark, a CSV header, the header of an Avro
    /// file.</summary>
    public int DataFrom { get; init; }

    /// <summary>Where each record lies, for formats whose framer has to find out (an array, pretty-printed JSON); null
    /// where the decoder sees it by itself. Owned by the block.</summary>
    public RecordSpans? Records { get; init; }

    /// <summary>Set when the block holds messages of a stream whose positions number messages, not bytes; they lie in
    /// it one after another. Owned by the block.</summary>
    public MessageSpans? Messages { get; init; }

    /// <summary>True if the bytes are what is left of one or several messages that were damaged where they were kept:
    /// one reject.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>When its records were received, microseconds since 1970; null if that is when the block is
    /// read.</summary>
    public long? ReceivedMicros { get; init; }

    /// <summary>
    /// Parts the unterminated last record from what stands before it, so that each is judged and counted on its own.
    /// The blocks given take this one's place: it must not be used or disposed any more. With nothing to part it is
    /// itself one of the two.
    /// </summary>
    public (Block? Before, Block? Tail) PartTail()
    {
        if (UnterminatedFrom is not { } tailFrom)
            return (this, null);
        if (tailFrom == From)
            return (null, this);
        var before = checked((int)(tailFrom - From));
        var buffer = NativePool.Rent(Math.Max(1, Length - before));
        Span[before..].CopyTo(buffer.Span);
        using var records = Records;
        var tail = new Block(buffer, Length - before, tailFrom)
        {
            SkippedBytes = SkippedBytes,
            OversizedLength = OversizedLength,
            UnterminatedFrom = tailFrom,
            DataFrom = Math.Max(0, DataFrom - before),
            Records = records?.Part(before, Length, before),
        };
        var kept = new Block(_buffer, before, From)
        {
            DataFrom = Math.Min(DataFrom, before),
            Records = records?.Part(0, before, 0),
        };
        return (kept, tail);
    }

    public ReadOnlySpan<byte> Span => new(Bytes, Length);

    public void Dispose()
    {
        Records?.Dispose();
        Messages?.Dispose();
        _buffer.Dispose();
    }
}
