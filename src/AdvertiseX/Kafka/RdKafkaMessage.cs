using System.Runtime.InteropServices;

namespace AdvertiseX.Kafka;

/// <summary><c>rd_kafka_message_t</c>, 72 bytes (rdkafka.h). Its memory is librdkafka's until it is
/// destroyed.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct RdKafkaMessage
{
    /// <summary>0, or which error the message is.</summary>
    public readonly int Error;

    /// <summary>The topic; one address for a topic as long as the consumer lives.</summary>
    public readonly nint Topic;
    public readonly int Partition;

    /// <summary>The value; null for a tombstone. Of an error its text.</summary>
    public readonly byte* Payload;
    public readonly nuint Length;
    public readonly byte* Key;
    public readonly nuint KeyLength;
    public readonly long Offset;

    /// <summary>What its producer calls it.</summary>
    public readonly nint Opaque;

    /// <summary>A message to send.</summary>
    /// <param name="payload">Its value.</param>
    /// <param name="length">Bytes of it.</param>
    /// <param name="key">Its key; null for none.</param>
    /// <param name="keyLength">Bytes of it.</param>
    /// <param name="opaque">Comes back with the answer.</param>
    public RdKafkaMessage(byte* payload, nuint length, byte* key, nuint keyLength, nint opaque)
    {
        Payload = payload;
        Length = length;
        Key = key;
        KeyLength = keyLength;
        Opaque = opaque;
    }
}
