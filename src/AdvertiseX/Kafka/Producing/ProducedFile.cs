using System.Buffers.Binary;
using System.Text;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Framing;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka.Producing;

/// <summary>
/// A file that is read into batches of records: JSON as it stands, a row of CSV under the file's header line, a datum
/// of Avro behind a frame that names its schema. Not thread-safe.
/// </summary>
internal sealed class ProducedFile : IDisposable
{
    private readonly FileReader _reader;
    private readonly FileSource _source;
    private readonly RecordCollector _collector;
    private readonly Func<ReadOnlyMemory<byte>, uint?> _schemaId;
    private IRecordDecoder? _decoder;

    /// <param name="source">The file.</param>
    /// <param name="options">How it is cut.</param>
    /// <param name="batch">Takes the records.</param>
    /// <param name="schemaId">The id of a schema in the registry; null without a registry.</param>
    /// <exception cref="BrokenOffException">It cannot be opened.</exception>
    public ProducedFile(
        FileSource source,
        FramerOptions options,
        OutgoingBatch batch,
        Func<ReadOnlyMemory<byte>, uint?> schemaId
    )
    {
        (_source, _schemaId) = (source, schemaId);
        _reader = new FileReader(source, new StreamStart(source.Path, 0), options);
        _collector = new RecordCollector(source.Contract, batch);
    }

    /// <summary>Reads the next block into the batch.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="BrokenOffException">The file could not be read to its end.</exception>
    /// <exception cref="IOException">The registry does not answer, or refuses the schema.</exception>
    public bool Read()
    {
        if (_reader.Next(CancellationToken.None) is not { } cut)
            return false;
        using var block = cut.Block;
        if (_decoder is null)
        {
            _decoder = _reader.CreateDecoder(_source.Contract);
            _collector.Before = Before(_reader.HeaderForReplay);
        }

        _decoder.DecodeInto(block, new CollectorSink(_collector));
        return true;
    }

    public void Dispose()
    {
        _decoder?.Dispose();
        _collector.Dispose();
        _reader.Dispose();
    }

    private byte[] Before(ReadOnlyMemory<byte> header) =>
        header.IsEmpty ? []
        : _source.Format == WireFormat.Avro ? Frame(header)
        : [.. header.Span, (byte)'\n'];

    // Confluent's frame, or without a registry the single-object encoding of the specification.
    private byte[] Frame(ReadOnlyMemory<byte> schema)
    {
        if (_schemaId(schema) is { } id)
        {
            var frame = new byte[5];
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), id);
            return frame;
        }

        byte[] single = [0xC3, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt64LittleEndian(single.AsSpan(2), AvroSchema.Parse(schema.Span).Fingerprint);
        return single;
    }
}
