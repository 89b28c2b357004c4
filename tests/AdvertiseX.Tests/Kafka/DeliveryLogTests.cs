using AdvertiseX.Kafka.Producing;

namespace AdvertiseX.Tests.Kafka;

/// <summary>Answers come in any order; what is said of them is in the order of the records.</summary>
public sealed class DeliveryLogTests
{
    private readonly List<UndeliveredRecords> _undelivered = [];

    public static IEnumerable<TheoryDataRow<int>> AllSeeds => Seeds.From(1, 100, fast: 10);

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Whatever_order_answers_come_in_the_outcome_is_that_of_the_records(int seed)
    {
        var random = new Random(seed);
        var log = new DeliveryLog("topic", _undelivered.Add);
        string?[] reasons = [.. Enumerable.Range(0, 2000).Select(_ => ReasonOf(random))];
        var waiting = new List<long>();
        foreach (var (i, _) in reasons.Index())
        {
            waiting.Add(log.Add($"file-{i / 500}", Record(i * 10L)));
            while (waiting.Count > random.Next(200))
                SettleOne(waiting, reasons, log, random);
        }

        while (waiting.Count > 0)
            SettleOne(waiting, reasons, log, random);
        log.End();

        var first = Array.FindIndex(reasons, reason => reason is not null);
        Assert.Equal(
            (2000L, 0L, (long)reasons.Count(reason => reason is null)),
            (log.Records, log.Outstanding, log.Acknowledged)
        );
        Assert.Equal(first == 0 ? null : ($"file-{(first - 1) / 500}", (first - 1) * 10L), log.AcknowledgedUpTo);
        // Runs of one file and reason, in order, that hold every record that was not delivered once.
        Assert.Equal(
            reasons.Index().Where(each => each.Item is not null).Select(each => (each.Index * 10L, each.Item!)),
            _undelivered.SelectMany(run =>
                Enumerable.Range(0, (int)run.Count).Select(i => (run.From + (i * 10L), run.Reason))
            )
        );
        Assert.All(_undelivered, run => Assert.Equal($"file-{run.From / 5000}", run.Path));
        Assert.All(_undelivered, run => Assert.Equal(run.To, run.From + ((run.Count - 1) * 10)));
        Assert.DoesNotContain(
            _undelivered.Zip(_undelivered.Skip(1)),
            pair =>
                pair.First.To + 10 == pair.Second.From
                && (pair.First.Path, pair.First.Reason) == (pair.Second.Path, pair.Second.Reason)
        );
    }

    [Fact]
    public void What_was_refused_was_not_sent()
    {
        var log = new DeliveryLog("topic", _undelivered.Add);
        log.Settle(log.Add("file", Record(0)), null);
        log.Settle(log.Add("file", Record(10, "too large")), "too large");
        log.End();
        Assert.Equal((2L, 1L, 1L), (log.Records, log.Sent, log.Acknowledged));
        Assert.Equal(new UndeliveredRecords("topic", "file", 10, 0, 10, 1, "too large"), Assert.Single(_undelivered));
    }

    // Failures come in runs, as outages do.
    private static string? ReasonOf(Random random) =>
        random.Next(20) switch
        {
            0 => "too large",
            1 or 2 => "timed out",
            _ => null,
        };

    private static void SettleOne(List<long> waiting, string?[] reasons, DeliveryLog log, Random random)
    {
        var at = random.Next(waiting.Count);
        var number = waiting[at];
        waiting.RemoveAt(at);
        log.Settle(number, reasons[number]);
    }

    private static OutgoingRecord Record(long offset, string? refusal = null) => new(offset, 0, 0, 0, 1, 0, refusal);
}
