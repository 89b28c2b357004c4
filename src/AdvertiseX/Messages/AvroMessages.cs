using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Framing;
using AdvertiseX.Framing.Avro;
using AdvertiseX.Validation;

namespace AdvertiseX.Messages;

/// <summary>Avro messages: one datum, framed as Confluent's registry does or as a single object, or an object container
/// file of any number. Not thread-safe.</summary>
internal sealed unsafe class AvroMessages : IDisposable
{
    private readonly CompiledContract _contract;
    private readonly FramerOptions _options;
    private readonly AvroMessageDecoder _decoder;
    private readonly ISchemas _schemas;
    private AvroSchemaKey? _key;
    private MessageSchema? _schema;

    public AvroMessages(CompiledContract contract, FramerOptions options, ISchemas schemas)
    {
        _contract = contract;
        _options = options;
        _schemas = schemas;
        _decoder = new AvroMessageDecoder(_ => _schema?.Schema, contract, options.MaxRecordBytes);
    }

    public void Decode(byte* message, int length, RowWriter rows, MessageSink sink)
    {
        if (AvroHeader.HasMagic(new ReadOnlySpan<byte>(message, length)))
        {
            DecodeContainer(message, length, sink);
            return;
        }

        if (AvroMessageDecoder.TryReadFrame(new ReadOnlySpan<byte>(message, length), out var key, out _))
        {
            // A schema that is not known yet may be registered meanwhile.
            if (key != _key || _schema is null)
                _schema = _schemas.Find(key);
            _key = key;
            rows.Header.Text = _schema?.Json ?? default;
        }

        _decoder.Message(message, length, 0, sink);
    }

    // As a file of these bytes.
    private void DecodeContainer(byte* message, int length, MessageSink sink)
    {
        using var content = new UnmanagedMemoryStream(message, length);
        using var framer = new AvroFramer(
            content,
            _options with
            {
                BlockBytes = Math.Max(length + 1, _options.BlockBytes),
                StartAt = 0,
            }
        );
        AvroBlockDecoder? decoder = null;
        try
        {
            while (framer.Next() is { } block)
            {
                using (block)
                {
                    decoder ??= new AvroBlockDecoder(framer.Header, _contract, _options.MaxRecordBytes);
                    decoder.DecodeInto(block, sink);
                }
            }
        }
        finally
        {
            decoder?.Dispose();
        }
    }

    public void Dispose() => _decoder.Dispose();
}
