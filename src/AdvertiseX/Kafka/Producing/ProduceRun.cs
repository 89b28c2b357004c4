namespace AdvertiseX.Kafka.Producing;

/// <summary>
/// Sends files into topics, one topic beside the other, on one thread. What waits for an answer is bounded in records
/// and bytes. A message that timed out, or an error for good of the client, ends the reading; the run then waits for
/// the answers to all that was sent. For one use.
/// </summary>
/// <param name="topics">Topics and files.</param>
/// <param name="producer">Sends; disposed by the caller.</param>
/// <param name="options">Rate, speed and memory.</param>
/// <param name="clock">For rate and speed.</param>
/// <param name="notices">Takes what an operator wants to know.</param>
internal sealed unsafe class ProduceRun(
    IReadOnlyList<ProducedTopic> topics,
    RdKafkaProducer producer,
    ProduceOptions options,
    TimeProvider clock,
    Action<KafkaNotice> notices
)
{
    /// <summary>Messages that are handed to the client at once.</summary>
    private const int Slice = 512;

    /// <summary><c>RD_KAFKA_RESP_ERR__MSG_TIMED_OUT</c>.</summary>
    private const int TimedOut = -192;

    private const int TopicShift = 56;

    private readonly RdKafkaMessage[] _slice = new RdKafkaMessage[Slice];
    private readonly nint[] _handles = [.. topics.Select(topic => producer.Topic(topic.Log.Topic))];
    private readonly EventClock _events = new(clock, options.Speed);
    private long _outstandingBytes;
    private long _handled;
    private string? _failure;
    private string? _lastNotice;

    /// <summary>Reads and sends until everything was read, or stopped.</summary>
    /// <param name="progress">Gets the number of records so far.</param>
    /// <param name="stop">Ends the reading; answers are waited for.</param>
    public ProduceReport Run(Action<long> progress, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        try
        {
            while (_failure is null && !stop.IsCancellationRequested && Next() is { } next)
            {
                progress(_handled);
                if (!HasRoom(next))
                    Poll(20);
                else if (Pause(next, began) is var wait and > 0)
                    Poll(wait);
                else
                    SendSlice(next, began);
            }
        }
        catch (IOException failed)
        {
            _failure = failed.Message;
        }

        if (stop.IsCancellationRequested)
            _failure ??= "stopped";
        while (topics.Any(topic => topic.Log.Outstanding > 0))
            Poll(100);
        foreach (var topic in topics)
            topic.Log.End();
        return new([.. topics.Select(topic => topic.Log)], [.. topics.SelectMany(topic => topic.Broken)], _failure);
    }

    // The topic whose turn it is: by the time of its record, else the one that is furthest behind. Null at the end.
    private ProducedTopic? Next()
    {
        ProducedTopic? next = null;
        foreach (var topic in topics)
            if (topic.Fill() && (next is null || Order(topic) < Order(next)))
                next = topic;
        return next;
    }

    private long Order(ProducedTopic topic) => options.Speed > 0 ? topic.Time : topic.Log.Records;

    private int Pause(ProducedTopic next, long began)
    {
        if (options.Rate <= 0)
            return _events.MillisecondsTo(next.Time);
        var ahead = (_handled / options.Rate) - clock.GetElapsedTime(began).TotalSeconds;
        return ahead <= 0 ? 0 : (int)Math.Clamp(ahead * 1000, 1, 1000);
    }

    private bool HasRoom(ProducedTopic topic) =>
        _outstandingBytes < options.BufferBytes && topic.Log.Outstanding < DeliveryLog.Capacity - Slice;

    private void SendSlice(ProducedTopic topic, long began)
    {
        var count = 0;
        var most = options.Rate > 0 ? AllowedNow(began) : Slice;
        var index = IndexOf(topic);
        do
        {
            var record = topic.Current;
            var number = topic.Log.Add(topic.Path, record);
            _handled++;
            if (record.Refusal is { } refusal)
                topic.Log.Settle(number, refusal);
            else
                _slice[count++] = Message(topic.Batch, record, ((long)index << TopicShift) | number);
        } while (
            topic.MoveNext()
            && --most > 0
            && _outstandingBytes < options.BufferBytes
            && count < Slice
            && _events.MillisecondsTo(topic.Time) == 0
        );
        HandOver(_handles[index], _slice.AsSpan(0, count));
        Poll(0);
    }

    private int AllowedNow(long began) =>
        (int)Math.Clamp((clock.GetElapsedTime(began).TotalSeconds * options.Rate) - _handled, 1, Slice);

    private RdKafkaMessage Message(OutgoingBatch batch, OutgoingRecord record, long number)
    {
        _outstandingBytes += record.KeyLength + record.Length;
        return new RdKafkaMessage(
            batch.ValueOf(record),
            (nuint)record.Length,
            record.KeyLength == 0 ? null : batch.KeyOf(record),
            (nuint)record.KeyLength,
            (nint)number
        );
    }

    private void HandOver(nint topic, Span<RdKafkaMessage> messages)
    {
        if (messages.IsEmpty)
            return;
        RdKafkaProducer.Send(topic, messages);
        foreach (ref readonly var message in messages)
            if (message.Error != 0)
                Settle(message);
    }

    private void Poll(int milliseconds) => producer.Poll(milliseconds, Settle, Fail);

    private void Settle(in RdKafkaMessage message)
    {
        _outstandingBytes -= (long)(message.Length + message.KeyLength);
        var reason = message.Error == 0 ? null : producer.ReasonOf(message.Error);
        var log = topics[(int)(message.Opaque >> TopicShift)].Log;
        log.Settle(message.Opaque & ((1L << TopicShift) - 1), reason);
        if (message.Error == TimedOut)
            _failure ??= $"{log.Topic}: the brokers acknowledged nothing for {options.MessageTimeout.TotalSeconds:0} s";
    }

    private void Fail(string text, bool isFatal)
    {
        if (isFatal)
            _failure ??= text;
        if (text == _lastNotice)
            return;
        _lastNotice = text;
        notices(new(KafkaNoticeKind.Outage, text));
    }

    private int IndexOf(ProducedTopic topic)
    {
        for (var i = 0; ; i++)
            if (topics[i] == topic)
                return i;
    }
}
