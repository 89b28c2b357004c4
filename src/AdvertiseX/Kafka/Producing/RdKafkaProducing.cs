namespace AdvertiseX.Kafka.Producing;

/// <summary>Functions of librdkafka for producers (rdkafka.h has what each does).</summary>
internal static unsafe class RdKafkaProducing
{
    public static readonly delegate* unmanaged<nint> NewConfig = (delegate* unmanaged<nint>)
        RdKafka.Export("rd_kafka_conf_new");

    public static readonly delegate* unmanaged<nint, void> DestroyConfig = (delegate* unmanaged<nint, void>)
        RdKafka.Export("rd_kafka_conf_destroy");

    public static readonly delegate* unmanaged<nint, byte*, byte*, byte*, nuint, int> SetConfig = (delegate* unmanaged<
        nint,
        byte*,
        byte*,
        byte*,
        nuint,
        int>)
        RdKafka.Export("rd_kafka_conf_set");

    public static readonly delegate* unmanaged<nint, nint, void> SetLog = (delegate* unmanaged<nint, nint, void>)
        RdKafka.Export("rd_kafka_conf_set_log_cb");

    public static readonly delegate* unmanaged<nint, int, void> SetEvents = (delegate* unmanaged<nint, int, void>)
        RdKafka.Export("rd_kafka_conf_set_events");

    public static readonly delegate* unmanaged<int, nint, byte*, nuint, nint> NewClient = (delegate* unmanaged<
        int,
        nint,
        byte*,
        nuint,
        nint>)
        RdKafka.Export("rd_kafka_new");

    public static readonly delegate* unmanaged<nint, void> DestroyClient = (delegate* unmanaged<nint, void>)
        RdKafka.Export("rd_kafka_destroy");

    public static readonly delegate* unmanaged<nint, byte*, nint, nint> NewTopic = (delegate* unmanaged<
        nint,
        byte*,
        nint,
        nint>)
        RdKafka.Export("rd_kafka_topic_new");

    public static readonly delegate* unmanaged<nint, void> DestroyTopic = (delegate* unmanaged<nint, void>)
        RdKafka.Export("rd_kafka_topic_destroy");

    public static readonly delegate* unmanaged<nint, nint> MainQueue = (delegate* unmanaged<nint, nint>)
        RdKafka.Export("rd_kafka_queue_get_main");

    public static readonly delegate* unmanaged<nint, int, nint> Poll = (delegate* unmanaged<nint, int, nint>)
        RdKafka.Export("rd_kafka_queue_poll");

    public static readonly delegate* unmanaged<nint, int> EventType = (delegate* unmanaged<nint, int>)
        RdKafka.Export("rd_kafka_event_type");

    public static readonly delegate* unmanaged<nint, RdKafkaMessage*> NextMessage = (delegate* unmanaged<
        nint,
        RdKafkaMessage*>)
        RdKafka.Export("rd_kafka_event_message_next");

    public static readonly delegate* unmanaged<nint, byte*> EventErrorText = (delegate* unmanaged<nint, byte*>)
        RdKafka.Export("rd_kafka_event_error_string");

    public static readonly delegate* unmanaged<nint, int> IsFatal = (delegate* unmanaged<nint, int>)
        RdKafka.Export("rd_kafka_event_error_is_fatal");

    public static readonly delegate* unmanaged<nint, void> DestroyEvent = (delegate* unmanaged<nint, void>)
        RdKafka.Export("rd_kafka_event_destroy");

    public static readonly delegate* unmanaged<nint, int, int, RdKafkaMessage*, int, int> ProduceBatch =
        (delegate* unmanaged<nint, int, int, RdKafkaMessage*, int, int>)RdKafka.Export("rd_kafka_produce_batch");

    public static readonly delegate* unmanaged<int, byte*> ErrorText = (delegate* unmanaged<int, byte*>)
        RdKafka.Export("rd_kafka_err2str");
}
