namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// Reads one datum after another out of Avro's binary encoding as JSON text: plain and slow, for people, tests and
/// comparisons. Not thread-safe.
/// </summary>
internal sealed unsafe class AvroJsonReader
{
    private const long WorkPerByte = 256;
    private const long FreeWork = 16 << 20;
    private readonly AvroNode _root;
    private readonly Utf8Output _output = new();

    /// <param name="writer">What the data was written with.</param>
    /// <param name="reader">What it is to be read as; null = as it was written.</param>
    /// <exception cref="AvroSchemaException">A default of the reader's schema does not fit its type.</exception>
    public AvroJsonReader(AvroSchema writer, AvroSchema? reader = null)
    {
        _root = AvroResolver.Resolve(writer, reader);
    }

    /// <summary>The last datum's JSON, UTF-8, valid until the next call.</summary>
    public ReadOnlySpan<byte> Json => _output.Written;

    /// <summary>Why the last datum was not delivered, where the schemas are the reason.</summary>
    public string? Mismatch { get; private set; }

    /// <summary>Reads the datum at the start of the bytes.</summary>
    /// <param name="data">A datum, and perhaps others behind it.</param>
    /// <param name="length">Bytes of the datum; all that are left when the fault breaks the structure.</param>
    /// <returns>Anything but <see cref="AvroFault.None"/> means that <see cref="Json"/> is of no use.</returns>
    public AvroFault Read(ReadOnlySpan<byte> data, out int length)
    {
        fixed (byte* start = data)
        {
            var cursor = new AvroCursor(start, start + data.Length, FreeWork + (WorkPerByte * data.Length));
            _output.Clear();
            AvroJson.Value(ref cursor, _root, _output);
            length = (int)(cursor.At - start);
            Mismatch = cursor.Mismatch;
            return cursor.Fault != AvroFault.None ? cursor.Fault : cursor.RecordFault;
        }
    }
}
