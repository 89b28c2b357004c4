using System.Text;
using AdvertiseX.Generation;

namespace AdvertiseX.Tests.Generation;

public class GenerationPartsTests
{
    [Fact]
    public void Random_numbers_are_those_of_the_published_algorithms()
    {
        // First output of splitmix64 from state 0, as its authors' program prints it.
        Assert.Equal(0xE220A8397B1DCDAFUL, DeterministicRandom.Mix(0x9E3779B97F4A7C15));
        var random = new DeterministicRandom(0);
        Assert.Equal(0x99EC5F36CB75F2B4UL, random.Next());
    }

    [Fact]
    public void Alias_table_follows_its_weights()
    {
        var table = new AliasTable([1, 10, 89]);
        var random = new DeterministicRandom(5);
        var counts = new int[3];
        for (var i = 0; i < 100_000; i++)
            counts[table.Draw(random)]++;
        Assert.InRange(counts[0], 900, 1100);
        Assert.InRange(counts[1], 9_700, 10_300);
        Assert.InRange(counts[2], 88_600, 89_400);
    }

    [Fact]
    public void Events_come_in_the_order_of_time_then_kind_then_arrival()
    {
        var queue = new EventQueue();
        var random = new DeterministicRandom(9);
        var expected = new List<(long, PendingKind, int)>();
        for (var i = 0; i < 5000; i++)
        {
            var item = new PendingEvent
            {
                TimeMicros = random.Below(300),
                Kind = (PendingKind)random.Below(3),
                User = i,
            };
            expected.Add((item.TimeMicros, item.Kind, i));
            queue.Add(item);
        }

        expected.Sort();
        foreach (var (time, kind, arrival) in expected)
        {
            Assert.Equal(time, queue.NextTime);
            var item = queue.Take();
            Assert.Equal((time, kind, arrival), (item.TimeMicros, item.Kind, item.User));
        }

        Assert.Equal(long.MaxValue, queue.NextTime);
    }

    [Theory]
    [InlineData("America/New_York", 23)]
    [InlineData("Asia/Kolkata", 24)]
    public void Local_days_have_the_hours_that_the_zone_gives_them(string zone, int hours)
    {
        var calendar = new LocalCalendar(zone, new DateOnly(2024, 3, 8), 5);
        Assert.Equal(hours * 3_600_000_000L, calendar.StartOf(3) - calendar.StartOf(2));
        Assert.Equal(2, calendar.DayOf(calendar.StartOf(3) - 1));
        Assert.Equal(3, calendar.DayOf(calendar.StartOf(3)));
        Assert.Equal(new DateOnly(2024, 3, 10), calendar.DateOf(2));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(2_500_000, "2.5")]
    [InlineData(2_431, "0.002431")]
    [InlineData(-19_990_000, "-19.99")]
    [InlineData(100_000_000, "100")]
    public void Money_is_written_without_needless_zeros(long micros, string expected)
    {
        var buffer = new Utf8Buffer(64);
        buffer.AppendMicros(micros);
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Written));
    }

    [Fact]
    public void History_forgets_what_lies_before_the_window()
    {
        var history = new UserHistory(2, TimeSpan.FromMilliseconds(10));
        for (var i = 0; i < 10_000; i++)
            history.Add(i % 2, new Touch(TouchKind.View, (ulong)i, i * 1000L, 0, true, false));
        var found = new List<ulong>();
        for (var position = history.Newest(1); history.TryGet(ref position, out var touch); )
            found.Add(touch.Id);
        Assert.Equal([9999, 9997, 9995, 9993, 9991, 9989], found);
    }

    [Theory]
    [InlineData("none", 0)]
    [InlineData("0.1", 0.1)]
    [InlineData("duplicate=0.01,late=0.02", 0.03)]
    public void Dirt_reads_from_text(string text, double total) => Assert.Equal(total, DirtRates.Parse(text).Total, 9);

    [Theory]
    [InlineData("mud=1", "dirt names 'mud'")]
    [InlineData("late", "dirt holds 'late'")]
    [InlineData("3", "dirt is 3")]
    public void Wrong_dirt_is_named(string text, string message) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentException>(() => DirtRates.Parse(text)).Message,
            StringComparison.Ordinal
        );
}
