using AdvertiseX.Contracts;

namespace AdvertiseX.Tests.Decoding;

/// <summary>Runs one text format through framer and decoder.</summary>
internal interface IFramerFactory
{
    CompiledContract Contract { get; }

    void Decode(Stream stream, int blockBytes, int maxRecordBytes, bool fast, RecordedEvents events);
}
