using System.Globalization;
using AdvertiseX.Cli.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AdvertiseX.Cli;

/// <summary>Shows progress on a terminal's standard error for work that takes over two seconds; elsewhere nothing.</summary>
internal static class ProgressBar
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs the work, which says how far it is from any thread.</summary>
    public static async Task<T> RunAsync<T>(Terminal terminal, string what, Func<Latest, Task<T>> work)
    {
        var latest = new Latest();
        var running = work(latest);
        if (!terminal.ErrorIsTerminal) return await running;
        if (await Task.WhenAny(running, Task.Delay(Patience, terminal.Clock)) != running)
            await ShowAsync(terminal, what, latest, running);
        return await running;
    }

    private static async Task ShowAsync(Terminal terminal, string what, Latest latest, Task running)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error) });
        var rate = new RateColumn(latest, terminal.Clock.GetTimestamp(), terminal.Clock);
        await console.Progress()
            .AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), rate, new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(what));
                while (!running.IsCompleted)
                {
                    var now = latest.Value;
                    task.IsIndeterminate = now.Total <= 0;
                    task.MaxValue = Math.Max(1, now.Total);
                    task.Value = Math.Min(now.Done, now.Total);
                    await Task.WhenAny(running, Task.Delay(Refresh));
                }
            });
    }

    /// <summary>The newest report of the work.</summary>
    internal sealed class Latest : IProgress<WorkProgress>
    {
        private readonly Lock _gate = new();
        private WorkProgress _value;

        public WorkProgress Value
        {
            get { lock (_gate) return _value; }
        }

        public void Report(WorkProgress value)
        {
            lock (_gate) _value = value;
        }
    }

    // Per second since the bar appeared: what came before it may have been another phase.
    private sealed class RateColumn(Latest latest, long began, TimeProvider clock) : ProgressColumn
    {
        private long _first = -1;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var now = latest.Value;
            if (_first < 0 || now.Done < _first) _first = now.Done;
            double rate = (now.Done - _first) / Math.Max(0.001, clock.GetElapsedTime(began).TotalSeconds);
            string text = now.Unit == "bytes"
                ? $"{Amounts.Bytes((long)rate)}/s"
                : string.Create(CultureInfo.InvariantCulture, $"{Amounts.Short((long)rate)} {now.Unit}/s");
            return new Spectre.Console.Text(text);
        }
    }
}
