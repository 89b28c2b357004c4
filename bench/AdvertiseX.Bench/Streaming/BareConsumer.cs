using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Consuming;
using Confluent.Kafka;

namespace AdvertiseX.Bench.Streaming;

/// <summary>Consumers that do nothing but count messages: what Kafka's client itself costs.</summary>
internal static class BareConsumer
{
    /// <summary>The loop of Confluent's client that its documentation shows, a message at a time.</summary>
    public static ChildResult Consume(string brokers, string topic, long count)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(ConfigOf(brokers)).Build();
        consumer.Subscribe(topic);
        var meter = new CatchUpMeter(count);
        for (long read = 0; read < count; )
        {
            if (consumer.Consume(TimeSpan.FromSeconds(1))?.Message is not null)
                meter.Read(++read);
        }

        consumer.Close();
        return meter.Result();
    }

    /// <summary>librdkafka's batches, without an object a message.</summary>
    public static ChildResult ConsumeBatches(string brokers, string topic, long count)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(ConfigOf(brokers)).Build();
        consumer.Subscribe(topic);
        using var queue = new MessageQueue(consumer.Handle);
        var meter = new CatchUpMeter(count);
        long read = 0;
        while (read < count)
        {
            queue.Read(TimeSpan.FromSeconds(1), Count);
            meter.Read(read);
        }

        return meter.Result();

        void Count(in RdKafkaMessage message)
        {
            if (message.Error == 0)
                read++;
        }
    }

    // What a worker of ours asks of its consumer.
    private static ConsumerConfig ConfigOf(string brokers) =>
        new()
        {
            BootstrapServers = brokers,
            GroupId = $"bare-{Guid.NewGuid():N}",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
            FetchMinBytes = 64 << 10,
            FetchWaitMaxMs = 200,
        };
}
