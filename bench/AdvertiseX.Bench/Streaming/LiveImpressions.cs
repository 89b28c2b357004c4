using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using Confluent.Kafka;

namespace AdvertiseX.Bench.Streaming;

/// <summary>
/// Impressions as a live feed sends them: lines of a generated feed, each with an id of its own and the time of its
/// sending. For one thread.
/// </summary>
internal sealed class LiveImpressions
{
    private const string BeforeId = "{\"impression_id\":\"i";
    private const string BeforeTime = "\"timestamp\":\"";
    private const int IdDigits = 16;
    private const int TimeLength = 27;
    private const int Lines = 20_000;

    private readonly List<(byte[] Line, int TimeAt)> _lines = [];
    private readonly ulong _first;
    private ulong _count;

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <param name="feed">Folder of a feed of impressions.</param>
    /// <param name="seed">Ids of two seeds differ.</param>
    public LiveImpressions(string feed, ulong seed)
    {
        _first = seed << 40;
        foreach (var line in Directory.GetFiles(feed, "*.ndjson").Order().SelectMany(File.ReadLines))
        {
            var time = line.IndexOf(BeforeTime, StringComparison.Ordinal) + BeforeTime.Length;
            if (
                line.StartsWith(BeforeId, StringComparison.Ordinal)
                && time >= BeforeTime.Length
                && line.IndexOf('"', time) == time + TimeLength
            )
                _lines.Add((Encoding.UTF8.GetBytes(line), Encoding.UTF8.GetByteCount(line.AsSpan(0, time))));
            if (_lines.Count == Lines)
                return;
        }
    }

    /// <summary>The next message.</summary>
    public byte[] Next(DateTime now)
    {
        var (line, timeAt) = _lines[(int)(_count % (ulong)_lines.Count)];
        var message = line.AsSpan().ToArray();
        // Not an id that a made key may stand for: its row would be looked for in a file that is only named.
        do
        {
            // Spread, as ids are.
            var id = (_first + _count++) * 0x9E3779B97F4A7C15;
            id.TryFormat(message.AsSpan(BeforeId.Length, IdDigits), out _, "x16", CultureInfo.InvariantCulture);
        } while (((long)StableHash.Hash64(message.AsSpan(BeforeId.Length - 1, IdDigits + 1)) & MadeKeys.OwnBit) == 0);

        now.TryFormat(
            message.AsSpan(timeAt, TimeLength),
            out _,
            "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
            CultureInfo.InvariantCulture
        );
        return message;
    }

    /// <summary>Sends so many messages, at a rate or as fast as it goes, and waits for their acknowledgement.</summary>
    /// <param name="brokers">The cluster.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="count">Messages.</param>
    /// <param name="rate">Messages a second; 0 for as many as go.</param>
    public void Send(string brokers, string topic, long count, int rate)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig
            {
                BootstrapServers = brokers,
                Acks = Acks.All,
                CompressionType = CompressionType.Zstd,
                LingerMs = 20,
                BatchSize = 1 << 20,
                QueueBufferingMaxMessages = 200_000,
                QueueBufferingMaxKbytes = 256 << 10,
                // Of one partition a while, as a producer without keys does.
                StickyPartitioningLingerMs = 20,
            }
        ).Build();
        var failed = 0L;
        var began = Now;
        for (long sent = 0; sent < count; )
        {
            var due = rate == 0 ? count : Math.Min(count, (long)((Now - began).TotalSeconds * rate));
            for (; sent < due; sent++)
                SendOne();
            if (sent < count)
                Thread.Sleep(2);
        }

        producer.Flush(TimeSpan.FromMinutes(2));
        if (Interlocked.Read(ref failed) > 0)
            throw new InvalidOperationException($"{failed} messages were not delivered");

        void SendOne()
        {
            var message = new Message<Null, byte[]> { Value = Next(Now) };
            while (true)
            {
                try
                {
                    producer.Produce(
                        topic,
                        message,
                        report =>
                        {
                            if (report.Error.IsError)
                                Interlocked.Increment(ref failed);
                        }
                    );
                    return;
                }
                catch (ProduceException<Null, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    Thread.Sleep(1);
                }
            }
        }
    }
}
