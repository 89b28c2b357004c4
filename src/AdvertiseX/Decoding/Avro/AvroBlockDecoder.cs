using AdvertiseX.Compression;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// Decodes the container blocks that the Avro framer cut. A record's position is the offset of its
/// container block, with an ordinal for each row in it. A container block that breaks costs the records from there on,
/// as one damaged block. One per decoding thread; not thread-safe.
/// </summary>
internal sealed unsafe class AvroBlockDecoder : IRecordDecoder
{
    /// <summary>The most bytes that a container block may decompress to.</summary>
    public const int MaxDecompressedBytes = 128 << 20;

    /// <summary>Work that a block may cost: values, and bytes rendered, for each of its bytes; and some for
    /// free.</summary>
    private const long WorkPerByte = 256;
    private const long FreeWork = 16 << 20;

    private readonly BlockDecompressor _decompressor = new();
    private readonly AvroDatumReader? _datums;
    private readonly BlockCodec _codec;

    /// <param name="header">The file's; null for one that could not be used, all of whose blocks are damaged.</param>
    /// <param name="contract">Where values go.</param>
    /// <param name="maxRecordBytes">Longer records are too large.</param>
    /// <param name="reader">What the records are read as; null = as they were written.</param>
    /// <exception cref="AvroSchemaException">A default of the reader's schema does not fit its type.</exception>
    public AvroBlockDecoder(
        AvroHeader? header,
        CompiledContract contract,
        int maxRecordBytes,
        AvroSchema? reader = null
    )
    {
        if (header is null)
            return;
        _datums = new AvroDatumReader(header.Schema, reader, contract, maxRecordBytes);
        _codec = header.Codec;
    }

    /// <summary>Whether the compiled program may be used; the plain walk gives the same.</summary>
    internal bool Fast
    {
        init
        {
            if (_datums is not null)
                _datums.Fast = value;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="MissingLibraryException">The codec's native library is not on this machine.</exception>
    public void Decode(Block block, RowWriter rows) => DecodeInto(block, new RowSink(rows));

    /// <inheritdoc/>
    public void Dispose() => _decompressor.Dispose();

    public void DecodeInto<TSink>(Block block, TSink rows)
        where TSink : struct, IRecordSink
    {
        if (block.Records is not { } spans)
            return;
        for (var i = 0; i < spans.Count; i++)
        {
            var span = spans[i];
            var bytes = new ReadOnlySpan<byte>(block.Bytes + span.Start, span.Length);
            if (span.Damaged || _datums is null)
                Damaged(
                    rows,
                    block.From + span.Start,
                    0,
                    bytes,
                    "a container block with its count, size and sync marker"u8
                );
            else
                Container(bytes, block.Bytes + span.Start, block.From + span.Start, rows);
        }
    }

    private void Container<TSink>(ReadOnlySpan<byte> bytes, byte* start, long offset, TSink rows)
        where TSink : struct, IRecordSink
    {
        var frame = new AvroCursor(start, start + bytes.Length, 0);
        var count = frame.Long();
        var size = frame.Long();
        var data = frame.Take(size);
        if (data is null)
        {
            Damaged(rows, offset, 0, bytes, "a container block with its count, size and sync marker"u8);
            return;
        }

        var length = (int)size;
        if (_codec != BlockCodec.Null)
        {
            var result = _decompressor.Decompress(_codec, new ReadOnlySpan<byte>(data, length), MaxDecompressedBytes);
            if (result != DecompressionResult.Ok)
            {
                Undecompressed(rows, offset, bytes, result);
                return;
            }

            data = _decompressor.Output;
            length = _decompressor.OutputLength;
        }

        Datums(new AvroCursor(data, data + length, FreeWork + (WorkPerByte * length)), count, offset, rows);
    }

    private void Datums<TSink>(AvroCursor cursor, long count, long offset, TSink rows)
        where TSink : struct, IRecordSink
    {
        var ordinal = 0;
        var minimum = _datums!.Root.MinBytes;
        for (long i = 0; i < count; i++)
        {
            // A count that the bytes cannot hold, or work without end over records of no bytes, breaks the block here.
            var start = cursor.At;
            var left = (int)cursor.Left;
            if (cursor.Spend(64) && left >= minimum)
                _datums.Read(ref cursor, rows, offset, ref ordinal);
            else
                cursor.Fail(AvroFault.Truncated);
            if (cursor.Fault == AvroFault.None)
                continue;
            Damaged(rows, offset, ordinal, new ReadOnlySpan<byte>(start, left), AvroDatumReader.Expected(cursor.Fault));
            return;
        }

        if (cursor.Left > 0)
            Damaged(
                rows,
                offset,
                ordinal,
                new ReadOnlySpan<byte>(cursor.At, (int)cursor.Left),
                "as many records as the block counts"u8
            );
    }

    private static void Undecompressed<TSink>(
        TSink rows,
        long offset,
        ReadOnlySpan<byte> raw,
        DecompressionResult result
    )
        where TSink : struct, IRecordSink
    {
        if (result == DecompressionResult.Damaged)
        {
            Damaged(rows, offset, 0, raw, "bytes that the codec can decompress"u8);
            return;
        }

        rows.Reject(
            new RejectedEvent
            {
                Reason = RejectReason.TooLarge,
                Offset = offset,
                Length = raw.Length,
                Raw = raw,
                Expected = "a container block of at most 128 MB"u8,
            }
        );
    }

    private static void Damaged<TSink>(
        TSink rows,
        long offset,
        int ordinal,
        ReadOnlySpan<byte> raw,
        ReadOnlySpan<byte> expected
    )
        where TSink : struct, IRecordSink =>
        rows.Reject(
            new RejectedEvent
            {
                Reason = RejectReason.DamagedBlock,
                Offset = offset,
                Ordinal = ordinal,
                Length = raw.Length,
                Raw = raw,
                Expected = expected,
            }
        );
}
