using System.Buffers.Binary;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;
using AdvertiseX.Validation;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// Decodes single messages: Confluent's frame (a zero byte, the schema's id as 4 bytes big-endian, the datum) and the
/// single-object encoding of the specification (C3 01, the fingerprint as 8 bytes little-endian, the datum). The
/// block's record spans are the messages. A message of another frame or an unknown schema is unparseable.
/// One per decoding thread; not thread-safe.
/// </summary>
internal sealed unsafe class AvroMessageDecoder(
    AvroSchemaSource schemas,
    CompiledContract contract,
    int maxRecordBytes,
    AvroSchema? reader = null
) : IBlockDecoder
{
    private const long WorkPerByte = 256;
    private const long FreeWork = 1 << 20;

    /// <summary>More schemas than a topic has in its life; then the plans are made anew.</summary>
    private const int MaxPlans = 1000;

    private readonly Dictionary<AvroSchemaKey, AvroDatumReader> _plans = [];

    /// <summary>Reads the frame of a message.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="key">The schema it names.</param>
    /// <param name="length">Bytes of the frame; the datum follows.</param>
    /// <returns>False if it is in neither frame.</returns>
    public static bool TryReadFrame(ReadOnlySpan<byte> message, out AvroSchemaKey key, out int length)
    {
        key = default;
        length = 0;
        if (message.Length >= 5 && message[0] == 0)
        {
            key = new AvroSchemaKey(false, BinaryPrimitives.ReadUInt32BigEndian(message[1..]));
            length = 5;
        }
        else if (message.Length >= 10 && message[0] == 0xC3 && message[1] == 1)
        {
            key = new AvroSchemaKey(true, BinaryPrimitives.ReadUInt64LittleEndian(message[2..]));
            length = 10;
        }

        return length > 0;
    }

    /// <inheritdoc/>
    /// <exception cref="AvroSchemaException">A default of the reader's schema does not fit its type.</exception>
    public void Decode(Block block, RowWriter rows) => Decode(block, new RowSink(rows));

    /// <inheritdoc/>
    public void Dispose() => _plans.Clear();

    internal void Decode<TSink>(Block block, TSink rows)
        where TSink : struct, IRecordSink
    {
        if (block.Records is not { } spans)
            return;
        for (var i = 0; i < spans.Count; i++)
            Message(block.Bytes + spans[i].Start, spans[i].Length, block.From + spans[i].Start, rows);
    }

    /// <summary>Decodes one message where it lies.</summary>
    /// <param name="message">Its first byte.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="offset">Its position in the stream.</param>
    /// <param name="rows">Where its rows or its reject go.</param>
    public void Message(byte* message, int length, long offset, RowWriter rows) =>
        Message(message, length, offset, new RowSink(rows));

    /// <inheritdoc cref="Message(byte*, int, long, RowWriter)"/>
    internal void Message<TSink>(byte* message, int length, long offset, TSink rows)
        where TSink : struct, IRecordSink
    {
        var bytes = new ReadOnlySpan<byte>(message, length);
        if (!TryReadFrame(bytes, out var key, out var frame) || Plan(key) is not { } plan)
        {
            Reject(rows, offset, 0, bytes, AvroFault.UnknownSchema);
            return;
        }

        var cursor = new AvroCursor(message + frame, message + length, FreeWork + (WorkPerByte * length));

        // Bytes behind the datum mean that it was written with another schema than the frame names.
        var probe = cursor;
        AvroSkip.Value(ref probe, plan.Root);
        if (probe.Fault != AvroFault.None || probe.Left > 0)
        {
            Reject(rows, offset, 0, bytes, probe.Fault);
            return;
        }

        var ordinal = 0;
        plan.Read(ref cursor, rows, offset, ref ordinal);
        if (cursor.Fault != AvroFault.None)
            Reject(rows, offset, ordinal, bytes, cursor.Fault);
    }

    private AvroDatumReader? Plan(AvroSchemaKey key)
    {
        if (_plans.TryGetValue(key, out var plan))
            return plan;
        if (schemas(key) is not { } writer)
            return null;
        if (_plans.Count >= MaxPlans)
            _plans.Clear();
        return _plans[key] = new AvroDatumReader(writer, reader, contract, maxRecordBytes);
    }

    private static void Reject<TSink>(TSink rows, long offset, int ordinal, ReadOnlySpan<byte> raw, AvroFault fault)
        where TSink : struct, IRecordSink =>
        rows.Reject(
            new RejectedEvent
            {
                Reason = RejectReason.Unparseable,
                Offset = offset,
                Ordinal = ordinal,
                Length = raw.Length,
                Raw = raw,
                Expected = AvroDatumReader.Expected(fault),
            }
        );
}
