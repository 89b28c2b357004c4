using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Consuming;

namespace AdvertiseX.Tests.Kafka;

/// <summary>When a worker is ready, and why it is not.</summary>
public sealed class WorkerHealthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HandClock _clock = new();
    private readonly WorkerHealth _health;

    public WorkerHealthTests() => _health = new WorkerHealth(_clock, Patience);

    private string Codes =>
        string.Join(' ', _health.Reasons().Select(why => $"{why.Code}{(why.Part is { } part ? $":{part}" : "")}"));

    [Fact]
    public void A_worker_is_ready_once_the_group_has_given_it_its_part()
    {
        Assert.Equal("not_a_member", Codes);
        _health.Joined();
        Assert.Equal("", Codes);
        _health.Left();
        Assert.Equal("not_a_member", Codes);
    }

    [Fact]
    public void Outages_count_by_part_until_they_end()
    {
        _health.Joined();
        _health.Take(KafkaNotice.OfOutage(OutagePart.Registry, "no", TimeSpan.Zero));
        _health.Take(KafkaNotice.OfOutage(OutagePart.Brokers, "no", TimeSpan.Zero));
        _health.Take(KafkaNotice.OfOutage(OutagePart.Models, "no", TimeSpan.Zero));
        _health.Take(new KafkaNotice(KafkaNoticeKind.Taken, "elsewhere"));
        Assert.Equal("outage:brokers outage:registry", Codes);
        _health.Take(KafkaNotice.OfRecovery(OutagePart.Brokers, "yes"));
        Assert.Equal("outage:registry", Codes);
    }

    [Fact]
    public void A_new_session_ends_what_the_last_one_waited_for()
    {
        _health.Joined();
        _health.Take(KafkaNotice.OfOutage(OutagePart.Commit, "no", TimeSpan.Zero));
        _health.Left();
        _health.Take(KafkaNotice.OfOutage(OutagePart.Session, "no", TimeSpan.Zero));
        Assert.Equal("outage:session not_a_member", Codes);
        _health.Joined();
        Assert.Equal("", Codes);
    }

    [Fact]
    public void Records_that_wait_without_a_commit_are_a_reason_and_an_idle_topic_is_none()
    {
        _health.Joined();
        Turn(hasWork: false, seconds: 100);
        Assert.Equal("", Codes);
        Turn(hasWork: true, seconds: 20);
        _health.Committed();
        Turn(hasWork: true, seconds: 20);
        Assert.Equal("", Codes);
        Turn(hasWork: true, seconds: 15);
        Assert.Equal("no_commits", Codes);
        _health.Committed();
        Assert.Equal("", Codes);
    }

    [Fact]
    public void A_reading_that_hangs_is_a_reason()
    {
        _health.Joined();
        _health.Turned(hasWork: false);
        _clock.Now += 31;
        Assert.Equal("not_reading", Codes);
        _health.Turned(hasWork: false);
        Assert.Equal("", Codes);
        _health.Stopping();
        Assert.Equal("stopping", Codes);
    }

    private void Turn(bool hasWork, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _health.Turned(hasWork);
            _clock.Now++;
        }
    }

    private sealed class HandClock : TimeProvider
    {
        public long Now { get; set; } = 1;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;
    }
}
