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
    private readonly nint _private;
}
