using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Validation;

namespace AdvertiseX.Messages;

/// <summary>
/// Decodes blocks of messages (<see cref="Block.Messages"/>), each of one record or several. Where the source does not
/// state a message's format, its first bytes tell it: an opening bracket JSON, the first byte of a frame or of a
/// container Avro; any other has the format that its feed is usually in. A record's position is that of its message,
/// with an ordinal for each record in it; what is true of a file of the format is true of a message. One per decoding
/// thread; not thread-safe.
/// </summary>
internal sealed unsafe class MessageDecoder : IBlockDecoder
{
    private readonly JsonMessages _json;
    private readonly CsvMessages _csv;
    private readonly AvroMessages _avro;
    private readonly MessageFormat _usual;
    private readonly MessageCursor _cursor = new();

    /// <param name="contract">Where values go.</param>
    /// <param name="options">How long records may be.</param>
    /// <param name="schemas">Of messages in Avro.</param>
    public MessageDecoder(CompiledContract contract, FramerOptions options, ISchemas schemas)
    {
        _json = new JsonMessages(contract, options);
        _csv = new CsvMessages(contract, options.MaxRecordBytes);
        _avro = new AvroMessages(contract, options, schemas);
        _usual = contract.Feed switch
        {
            Feed.Impressions => MessageFormat.Json,
            Feed.ClicksConversions => MessageFormat.Csv,
            _ => MessageFormat.Avro,
        };
    }

    public void Decode(Block block, RowWriter rows)
    {
        var messages = block.Messages ?? throw new ArgumentException("The block holds no messages.", nameof(block));
        var sink = new MessageSink(rows, _cursor);
        // Line ends between messages keep the bytes of two of them from making one character.
        var utf8 = Utf8Check.IsValid(block.Bytes, block.Length);
        for (var i = 0; i < messages.Count; i++)
        {
            var (offset, start, length, stated) = messages[i];
            var message = block.Bytes + start;
            _cursor.Begin(offset);
            rows.Header.Text = default;
            if (block.IsDamaged)
            {
                Damaged(sink, message, length, offset);
                continue;
            }

            switch (stated == MessageFormat.None || length == 0 ? FormatOf(message, length) : stated)
            {
                case MessageFormat.Json:
                    _json.Decode(message, length, utf8, sink);
                    break;
                case MessageFormat.Csv:
                    _csv.Decode(message, length, utf8, rows, sink);
                    break;
                case MessageFormat.Avro:
                    _cursor.KeepWhole(message, length);
                    _avro.Decode(message, length, rows, sink);
                    break;
                default:
                    TextRejects.Unparseable(sink, message, 0, offset, "a record"u8, "an empty message"u8);
                    break;
            }
        }

        rows.Header.Text = default;
    }

    public void Dispose()
    {
        _json.Dispose();
        _csv.Dispose();
        _avro.Dispose();
    }

    private static void Damaged(MessageSink sink, byte* bytes, int length, long offset) =>
        sink.Reject(
            new RejectedEvent
            {
                Reason = RejectReason.DamagedBlock,
                Offset = offset,
                Length = length,
                Raw = new ReadOnlySpan<byte>(bytes, length),
                Expected = "bytes as they were written"u8,
            }
        );

    private MessageFormat FormatOf(byte* message, int length)
    {
        if (length == 0)
            return MessageFormat.None;
        if (*message is (byte)'{' or (byte)'[')
            return MessageFormat.Json;
        var text = new ReadOnlySpan<byte>(message, length);
        if (*message == 0 || (*message == 0xC3 && length > 1 && message[1] == 1) || AvroHeader.HasMagic(text))
            return MessageFormat.Avro;
        // White space or a byte order mark before a bracket.
        if (*message is <= (byte)' ' or 0xEF)
        {
            text = (text.StartsWith("\uFEFF"u8) ? text[3..] : text).TrimStart(" \t\r\n"u8);
            if (text.Length > 0 && text[0] is (byte)'{' or (byte)'[')
                return MessageFormat.Json;
        }

        return _usual;
    }
}
