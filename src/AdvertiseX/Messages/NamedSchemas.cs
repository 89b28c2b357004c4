using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;

namespace AdvertiseX.Messages;

/// <summary>Which schemas the messages of a block name.</summary>
internal static unsafe class NamedSchemas
{
    /// <summary>Each once. Allocates nothing for a message.</summary>
    public static IReadOnlyCollection<AvroSchemaKey> In(Block block)
    {
        var keys = new HashSet<AvroSchemaKey>();
        AvroSchemaKey? last = null;
        for (var i = 0; i < block.Messages!.Count; i++)
        {
            var (_, start, length, _) = block.Messages[i];
            var message = new ReadOnlySpan<byte>(block.Bytes + start, length);
            if (AvroMessageDecoder.TryReadFrame(message, out var key, out _) && key != last)
                keys.Add((last = key).Value);
        }

        return keys;
    }
}
