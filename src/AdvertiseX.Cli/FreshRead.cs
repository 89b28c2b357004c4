using AdvertiseX.Engines;

namespace AdvertiseX.Cli;

/// <summary>Answers of a command that reads a lake while others merge and delete its files.</summary>
internal static class FreshRead
{
    private const int MostAttempts = 20;

    /// <summary>Runs the command anew, on the newest files, when one was deleted under it and it has not written
    /// anything.</summary>
    /// <param name="terminal">Where the command writes.</param>
    /// <param name="read">Opens the lake, reads it, writes to <see cref="Terminal.Output"/> and gives the exit
    /// code.</param>
    public static async Task<int> RunAsync(Terminal terminal, Func<Task<int>> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (Exception gone)
                when (attempt < MostAttempts && !terminal.HasWritten && QueryException.IsOfGoneFile(gone)) { }
        }
    }
}
