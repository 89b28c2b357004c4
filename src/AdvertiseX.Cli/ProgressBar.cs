namespace AdvertiseX.Cli;

/// <summary>Shows progress on a terminal's standard error for work that takes over two seconds; elsewhere nothing. One
/// line is written over itself, and is gone when the work ends.</summary>
internal static class ProgressBar
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs the work, which says how far it is from any thread.</summary>
    public static async Task<T> RunAsync<T>(Terminal terminal, string what, Func<Latest, Task<T>> work)
    {
        var latest = new Latest();
        var running = work(latest);
        if (!terminal.ErrorIsTerminal || terminal.Variable("TERM") == "dumb")
            return await running;
        if (await Task.WhenAny(running, Task.Delay(Patience, terminal.Clock)) != running)
            await ShowAsync(terminal, what, latest, running);
        return await running;
    }

    private static async Task ShowAsync(Terminal terminal, string what, Latest latest, Task running)
    {
        var line = new ProgressLine(what, terminal.Width);
        var began = terminal.Clock.GetTimestamp();
        var shown = 0;
        while (!running.IsCompleted)
        {
            var text = line.At(latest.Value, terminal.Clock.GetElapsedTime(began));
            terminal.Error.Write($"\r{text.PadRight(shown)}");
            shown = text.Length;
            await Task.WhenAny(running, Task.Delay(Refresh, terminal.Clock));
        }

        terminal.Error.Write($"\r{new string(' ', shown)}\r");
    }

    /// <summary>The newest report of the work.</summary>
    internal sealed class Latest : IProgress<WorkProgress>
    {
        private readonly Lock _gate = new();
        private WorkProgress _value;

        public WorkProgress Value
        {
            get
            {
                lock (_gate)
                    return _value;
            }
        }

        public void Report(WorkProgress value)
        {
            lock (_gate)
                _value = value;
        }
    }
}
