using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Validation;

namespace AdvertiseX.Messages;

/// <summary>Avro messages, framed as Confluent's registry does or as single objects. Not thread-safe.</summary>
internal sealed unsafe class AvroMessages : IDisposable
{
    private readonly AvroMessageDecoder _decoder;
    private readonly ISchemas _schemas;
    private AvroSchemaKey? _key;
    private MessageSchema? _schema;

    public AvroMessages(CompiledContract contract, int maxRecordBytes, ISchemas schemas)
    {
        _schemas = schemas;
        _decoder = new AvroMessageDecoder(_ => _schema?.Schema, contract, maxRecordBytes);
    }

    public void Decode(byte* message, int length, RowWriter rows, MessageSink sink)
    {
        if (AvroMessageDecoder.TryReadFrame(new ReadOnlySpan<byte>(message, length), out var key, out _))
        {
            // A schema that is not known yet may be registered meanwhile.
            if (key != _key || _schema is null)
                _schema = _schemas.Find(key);
            _key = key;
            rows.Header = _schema?.Json ?? default;
        }

        _decoder.Message(message, length, 0, sink);
    }

    public void Dispose() => _decoder.Dispose();
}
