using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// A consumer's messages and errors by librdkafka's batches: no object a message. Not thread-safe. Disposed before the
/// consumer.
/// </summary>
internal sealed unsafe class MessageQueue : IDisposable
{
    private const int MostMessages = 4096;

    private readonly nint _queue;
    private readonly RdKafkaMessage** _batch;

    public MessageQueue(Handle consumer)
    {
        _queue = RdKafkaConsuming.QueueOfConsumer(RdKafkaHandle.Of(consumer));
        _batch = (RdKafkaMessage**)NativeMemory.Alloc(MostMessages, (nuint)sizeof(nint));
    }

    /// <summary>Takes a message, whose memory is valid during the call.</summary>
    public delegate void Taker(in RdKafkaMessage message);

    /// <summary>Waits for messages and hands them on. The consumer's handlers are called on this thread, before the
    /// first message is handed on.</summary>
    /// <param name="wait">How long to wait at most.</param>
    /// <param name="take">Gets each message.</param>
    public void Read(TimeSpan wait, Taker take)
    {
        var count = (int)RdKafkaConsuming.ConsumeBatch(_queue, (int)wait.TotalMilliseconds, _batch, MostMessages);
        for (var i = 0; i < count; i++)
        {
            try
            {
                take(*_batch[i]);
            }
            finally
            {
                RdKafkaConsuming.DestroyMessage(_batch[i]);
            }
        }
    }

    public void Dispose()
    {
        RdKafka.DestroyQueue(_queue);
        NativeMemory.Free(_batch);
    }
}
