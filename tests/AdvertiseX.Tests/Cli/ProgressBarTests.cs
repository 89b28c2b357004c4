using AdvertiseX.Cli;

namespace AdvertiseX.Tests.Cli;

public class ProgressBarTests
{
    [Fact]
    public void The_line_says_share_rate_and_what_is_left()
    {
        var line = new ProgressLine("ingesting", 100);
        Assert.Equal(
            "ingesting ━━━━━───────────────   25 %",
            line.At(new(25_000_000, 100_000_000, "bytes"), TimeSpan.Zero)
        );
        Assert.Equal(
            "ingesting ━━━━━━━━━━──────────   50 %  2.5 MB/s  0:20 left",
            line.At(new(50_000_000, 100_000_000, "bytes"), TimeSpan.FromSeconds(10))
        );
        Assert.Equal(
            "ingesting ━━━━━━━━━━━━━━━━━━━━  100 %  3.8 MB/s  0:00 left",
            line.At(new(101_000_000, 100_000_000, "bytes"), TimeSpan.FromSeconds(20))
        );
    }

    [Fact]
    public void What_is_done_after_the_last_unit_has_no_rate()
    {
        var line = new ProgressLine("ingesting", 100);
        line.At(new(0, 100, "bytes"), TimeSpan.Zero);
        Assert.Equal(
            "ingesting ━━━━━━━━━━━━━━━━━━━━  100 %  committing",
            line.At(new(100, 100, "bytes") { Ending = "committing" }, TimeSpan.FromSeconds(10))
        );
    }

    [Fact]
    public void A_phase_that_counts_anew_has_its_own_rate()
    {
        var line = new ProgressLine("refreshing", 100);
        line.At(new(0, 5000, "models"), TimeSpan.Zero);
        line.At(new(4000, 5000, "models"), TimeSpan.FromSeconds(1));
        Assert.Equal(
            "refreshing ────────────────────    1 %",
            line.At(new(100, 10_000, "models"), TimeSpan.FromSeconds(100))
        );
        Assert.Equal(
            "refreshing ────────────────────    2 %  1 models/s  2:43:20 left",
            line.At(new(200, 10_000, "models"), TimeSpan.FromSeconds(200))
        );
    }

    [Fact]
    public void Work_without_an_end_in_sight_shows_its_time()
    {
        var line = new ProgressLine("compacting", 100);
        Assert.Equal("compacting  0:00", line.At(default, TimeSpan.Zero));
        Assert.Equal("compacting  1:05", line.At(default, TimeSpan.FromSeconds(65)));
    }

    [Theory]
    [InlineData(60, "ingesting   50 %  5 MB/s  0:10 left")]
    [InlineData(20, "ingesting   50 %  5")]
    public void A_narrow_terminal_gets_a_shorter_line(int width, string expected)
    {
        var line = new ProgressLine("ingesting", width);
        line.At(new(0, 100_000_000, "bytes"), TimeSpan.Zero);
        Assert.Equal(expected, line.At(new(50_000_000, 100_000_000, "bytes"), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Long_work_on_a_terminal_is_shown_and_wiped()
    {
        var (written, result) = await RunAsync(terminal: true, "xterm", ticks: 3);
        Assert.Equal(42, result);
        var shown = written.Split('\r');
        Assert.Equal("", shown[0]);
        Assert.StartsWith("working ━", shown[1], StringComparison.Ordinal);
        Assert.Equal("", shown[^2].Trim());
        Assert.Equal("", shown[^1]);
        Assert.Equal(shown[^3].TrimEnd().Length, shown[^2].Length);
    }

    [Theory]
    [InlineData(false, "xterm")]
    [InlineData(true, "dumb")]
    public async Task Elsewhere_nothing_is_shown(bool terminal, string kind) =>
        Assert.Equal(("", 42), await RunAsync(terminal, kind, ticks: 3));

    [Fact]
    public async Task Work_that_is_done_soon_shows_nothing() =>
        Assert.Equal(("", 42), await RunAsync(terminal: true, "xterm", ticks: 0));

    /// <summary>Runs work that ends after the clock's timers have been asked for so many times more than the first
    /// wait.</summary>
    private static async Task<(string Written, int Result)> RunAsync(bool terminal, string kind, int ticks)
    {
        using var error = new StringWriter();
        using var end = new SemaphoreSlim(0);
        var clock = new HastyClock(() =>
        {
            if (ticks-- <= 0)
                end.Release();
        });
        using var shown = new Terminal(new MemoryStream(), error, name => name == "TERM" ? kind : null)
        {
            ErrorIsTerminal = terminal,
            Clock = clock,
        };
        var result = await ProgressBar.RunAsync(
            shown,
            "working",
            async latest =>
            {
                latest.Report(new(1, 2, "rows"));
                if (ticks > 0 && terminal && kind != "dumb")
                    await end.WaitAsync(TestContext.Current.CancellationToken);
                return 42;
            }
        );
        return (error.ToString(), result);
    }

    /// <summary>A clock whose timers fire at once.</summary>
    private sealed class HastyClock(Action asked) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            asked();
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
