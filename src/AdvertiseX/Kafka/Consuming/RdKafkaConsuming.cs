using System.Runtime.InteropServices;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>Functions of librdkafka for consumers (rdkafka.h has what each does).</summary>
internal static unsafe class RdKafkaConsuming
{
    /// <summary><c>RD_KAFKA_RESP_ERR__PARTITION_EOF</c>: the end of a partition was reached.</summary>
    public const int PartitionEof = -191;

    /// <summary><c>RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET</c>: a partition has no record at the offset asked
    /// for.</summary>
    public const int AutoOffsetReset = -140;

    public static readonly delegate* unmanaged<nint, nint> QueueOfConsumer = (delegate* unmanaged<nint, nint>)
        RdKafka.Export("rd_kafka_queue_get_consumer");

    /// <summary>Waits so many milliseconds, or until there are so many messages. Calls the consumer's handlers on this
    /// thread.</summary>
    public static readonly delegate* unmanaged<nint, int, RdKafkaMessage**, nuint, nint> ConsumeBatch =
        (delegate* unmanaged<nint, int, RdKafkaMessage**, nuint, nint>)RdKafka.Export("rd_kafka_consume_batch_queue");

    public static readonly delegate* unmanaged<RdKafkaMessage*, void> DestroyMessage = (delegate* unmanaged<
        RdKafkaMessage*,
        void>)
        RdKafka.Export("rd_kafka_message_destroy");

    private static readonly delegate* unmanaged<nint, byte*> NameOfTopic = (delegate* unmanaged<nint, byte*>)
        RdKafka.Export("rd_kafka_topic_name");

    public static string TopicName(nint topic) => Marshal.PtrToStringUTF8((nint)NameOfTopic(topic))!;
}
