using AdvertiseX.Contracts;
using AdvertiseX.Decoding;
using AdvertiseX.Decoding.Json;
using AdvertiseX.Events;

namespace AdvertiseX.Framing.Json;

/// <summary>Finds objects in an array, or one after the other.</summary>
internal sealed class JsonObjectFramer(StreamWindow window, FramerOptions options, int mark) : IFramer
{
    public ReadOnlyMemory<byte> HeaderForReplay => default;

    public Block? Next() => throw new NotSupportedException($"{window.Offset} {mark}");

    public IBlockDecoder CreateDecoder(CompiledContract contract) => new JsonBlockDecoder(contract, options.MaxRecordBytes);

    public void Dispose() => window.Dispose();
}
