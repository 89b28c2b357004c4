using System.Runtime.InteropServices;
using System.Text;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka.Producing;

/// <summary>
/// A producer of librdkafka by its C API: messages in batches, without an object a message, and answers as events on
/// the thread that asks. Not thread-safe.
/// </summary>
internal sealed unsafe class RdKafkaProducer : IDisposable
{
    private const int EventDelivery = 1;
    private const int EventError = 8;
    private const int CopyPayload = 2;
    private const int AnyPartition = -1;
    private const int ErrorBytes = 512;

    private readonly Dictionary<int, string> _reasons = [];
    private readonly List<nint> _topics = [];
    private readonly nint _client;
    private readonly nint _queue;

    /// <param name="config">Properties of librdkafka.</param>
    /// <exception cref="SourceException">A property is wrong.</exception>
    public RdKafkaProducer(IEnumerable<KeyValuePair<string, string>> config)
    {
        var error = stackalloc byte[ErrorBytes];
        var conf = RdKafkaProducing.NewConfig();
        foreach (var (name, value) in config)
            fixed (
                byte* n = Text(name),
                    v = Text(value)
            )
                if (RdKafkaProducing.SetConfig(conf, n, v, error, ErrorBytes) != 0)
                {
                    RdKafkaProducing.DestroyConfig(conf);
                    throw new SourceException(Marshal.PtrToStringUTF8((nint)error)!);
                }

        RdKafkaProducing.SetLog(conf, 0);
        RdKafkaProducing.SetEvents(conf, EventDelivery | EventError);
        _client = RdKafkaProducing.NewClient(0, conf, error, ErrorBytes);
        if (_client == 0)
        {
            RdKafkaProducing.DestroyConfig(conf);
            throw new SourceException(Marshal.PtrToStringUTF8((nint)error)!);
        }

        _queue = RdKafkaProducing.MainQueue(_client);
    }

    /// <summary>Gets the answer to a message.</summary>
    /// <param name="message">The message; its error is 0 if all replicas have it.</param>
    public delegate void Delivered(in RdKafkaMessage message);

    /// <summary>Gets an error of the client that is not of a message.</summary>
    public delegate void Failed(string text, bool isFatal);

    /// <summary>A topic to send to.</summary>
    public nint Topic(string name)
    {
        fixed (byte* text = Text(name))
        {
            var topic = RdKafkaProducing.NewTopic(_client, text, 0);
            _topics.Add(topic);
            return topic;
        }
    }

    /// <summary>Takes messages, whose bytes are copied. A message with an error then was not taken.</summary>
    public static void Send(nint topic, Span<RdKafkaMessage> messages)
    {
        fixed (RdKafkaMessage* first = messages)
            RdKafkaProducing.ProduceBatch(topic, AnyPartition, CopyPayload, first, messages.Length);
    }

    /// <summary>Waits so long at most for an event, and hands on all that are there.</summary>
    public void Poll(int milliseconds, Delivered delivered, Failed failed)
    {
        for (var wait = milliseconds; RdKafkaProducing.Poll(_queue, wait) is var found and not 0; wait = 0)
        {
            try
            {
                Take(found, delivered, failed);
            }
            finally
            {
                RdKafkaProducing.DestroyEvent(found);
            }
        }
    }

    /// <summary>What an error means; one text for an error.</summary>
    public string ReasonOf(int error)
    {
        if (!_reasons.TryGetValue(error, out var reason))
            _reasons[error] = reason = Marshal.PtrToStringUTF8((nint)RdKafkaProducing.ErrorText(error))!;
        return reason;
    }

    public void Dispose()
    {
        foreach (var topic in _topics)
            RdKafkaProducing.DestroyTopic(topic);
        RdKafka.DestroyQueue(_queue);
        RdKafkaProducing.DestroyClient(_client);
    }

    private static void Take(nint found, Delivered delivered, Failed failed)
    {
        switch (RdKafkaProducing.EventType(found))
        {
            case EventDelivery:
                while (RdKafkaProducing.NextMessage(found) is var message && message != null)
                    delivered(*message);
                break;
            case EventError:
                failed(
                    Marshal.PtrToStringUTF8((nint)RdKafkaProducing.EventErrorText(found))!,
                    RdKafkaProducing.IsFatal(found) != 0
                );
                break;
            default:
                break;
        }
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
