using System.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Messages;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Tests.Kafka;

/// <summary>Blocks of a partition have no gap, and hold each message once.</summary>
public sealed class KafkaPartitionTests
{
    public static IEnumerable<TheoryDataRow<int>> AllSeeds => Seeds.From(1, 200, fast: 20);

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Blocks_follow_one_another_and_hold_every_message_once(int seed)
    {
        var random = new Random(seed);
        var offset = (long)random.Next(100);
        using var partition = Open(offset);
        var (sent, got, next) = (new List<(long, string)>(), new List<(long, string)>(), offset);
        for (var i = 0; i < 500; i++)
        {
            // What retention, compaction or transactions left out.
            offset += random.Next(10) == 0 ? random.Next(1, 5) : 0;
            var text = random.Next(6) == 0 ? null : new string('x', random.Next(3000)) + i;
            if (text is not null)
                sent.Add((offset, text));
            Add(partition, offset, text);
            // A message that was read before.
            Add(partition, offset, "again");
            offset++;
            if (random.Next(20) == 0)
                next = Take(partition.Cut(random.Next(2) == 0 ? null : offset += random.Next(3)), next, got);
        }

        next = Take(partition.Cut(), next, got);
        Assert.Equal(sent, got);
        Assert.Equal(offset, next);
        Assert.Null(partition.Cut());
    }

    [Fact]
    public void Markers_alone_make_a_block_unless_nothing_was_ever_read()
    {
        using var partition = Open(5);
        var got = new List<(long, string)>();
        Assert.Equal(8, Take(partition.Cut(8), 5, got));
        Assert.Empty(got);
        Assert.Null(partition.Cut(8));
        using var unread = Open(null);
        Assert.Null(unread.Cut(3));
    }

    [Fact]
    public async Task A_committed_offset_is_taken_once_and_never_goes_back()
    {
        using var partition = Open(0);
        Assert.Null(partition.TakeCommitted());
        await partition.CommittedAsync(7, CancellationToken.None);
        Assert.Equal(7, partition.TakeCommitted());
        await partition.CommittedAsync(3, CancellationToken.None);
        Assert.Null(partition.TakeCommitted());
    }

    private static KafkaPartition Open(long? from) =>
        new(
            new TopicPartition("t", 0),
            "stream",
            from,
            ContractFile.ShippedFor(AdvertiseX.Events.Feed.Impressions),
            KnownSchemas.Shipped
        );

    private static unsafe void Add(KafkaPartition partition, long offset, string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        fixed (byte* payload = bytes)
            partition.Add(text is null ? null : payload, bytes.Length, offset);
    }

    /// <summary>Takes the messages of a block, which begins where the one before ended.</summary>
    /// <returns>Where it ends.</returns>
    private static unsafe long Take(CutBlock? cut, long from, List<(long, string)> messages)
    {
        if (cut is not { } some)
            return from;
        using var block = some.Block;
        Assert.Equal(from, block.From);
        for (var i = 0; i < block.Messages!.Count; i++)
        {
            var (offset, start, length, _) = block.Messages[i];
            messages.Add((offset, Encoding.UTF8.GetString(block.Bytes + start, length)));
        }

        return block.Next;
    }
}
