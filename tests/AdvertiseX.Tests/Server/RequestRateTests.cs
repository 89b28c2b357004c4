using AdvertiseX.Server.Access;

namespace AdvertiseX.Tests.Server;

public sealed class RequestRateTests
{
    private readonly HandClock _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(0.5)]
    [InlineData(1000)]
    public void Over_any_time_no_more_go_through_than_the_rate_and_one_second_of_it(double perSecond)
    {
        var rate = new RequestRate(perSecond, _clock);
        var random = new Random(3);
        var let = new List<long>();
        for (var i = 0; i < 20_000; i++)
        {
            _clock.Now += random.Next(5) == 0 ? random.Next(2_000_000) : random.Next(500);
            if (rate.TryTake(out var wait))
            {
                Assert.Equal(TimeSpan.Zero, wait);
                let.Add(_clock.Now);
            }
            else
            {
                Assert.True(wait > TimeSpan.Zero);
            }
        }

        var burst = Math.Max(1, perSecond);
        for (var from = 0; from < let.Count; from += 7)
        for (var to = from; to < Math.Min(let.Count, from + 3000); to += 13)
            Assert.True(to - from + 1 <= burst + ((let[to] - let[from]) / 1e6 * perSecond) + 1e-6);
        // Over the whole time hardly less is let through than was allowed.
        Assert.True(let.Count >= Math.Min(20_000 * 0.3, _clock.Now / 1e6 * perSecond * 0.5));
    }

    [Fact]
    public void Who_waits_as_long_as_told_is_let_through()
    {
        var rate = new RequestRate(3, _clock);
        for (var i = 0; i < 3; i++)
            Assert.True(rate.TryTake(out _));
        Assert.False(rate.TryTake(out var wait));
        _clock.Now += (long)wait.TotalMicroseconds - 10;
        Assert.False(rate.TryTake(out _));
        _clock.Now += 11;
        Assert.True(rate.TryTake(out _));
    }

    private sealed class HandClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => Now;
    }
}
