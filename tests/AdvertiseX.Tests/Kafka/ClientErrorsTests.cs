using AdvertiseX.Kafka.Consuming;
using Confluent.Kafka;

namespace AdvertiseX.Tests.Kafka;

/// <summary>An outage made a line for each partition and attempt.</summary>
public sealed class ClientErrorsTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void An_error_is_news_until_it_stays_away_for_a_minute()
    {
        var errors = new ClientErrors(_clock);
        Assert.True(errors.IsNews(new(ErrorCode.Local_Transport, "b1:9092: connection refused after 3 ms")));
        Assert.False(errors.IsNews(new(ErrorCode.Local_Transport, "b2:9092: connection refused after 7 ms")));
        _clock.Move(ClientErrors.Quiet / 2);
        Assert.False(errors.IsNews(new(ErrorCode.Local_Transport, "b1:9092: connection refused after 1 ms")));
        _clock.Move(ClientErrors.Quiet / 2);
        Assert.False(errors.IsNews(new(ErrorCode.Local_Transport)));
        _clock.Move(ClientErrors.Quiet);
        Assert.True(errors.IsNews(new(ErrorCode.Local_Transport)));
    }

    [Fact]
    public void Errors_of_another_kind_or_of_another_topic_are_news()
    {
        var errors = new ClientErrors(_clock);
        Assert.True(errors.IsNews(new(ErrorCode.Local_Transport)));
        Assert.True(errors.IsNews(new(ErrorCode.UnknownTopicOrPart, "a: unknown")));
        Assert.True(errors.IsNews(new(ErrorCode.UnknownTopicOrPart, "b: unknown")));
        Assert.False(errors.IsNews(new(ErrorCode.UnknownTopicOrPart, "a: unknown")));
    }

    private sealed class HandClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Move(TimeSpan time) => _now += time.Ticks;
    }
}
