using System.Text;
using AdvertiseX.Cli;

namespace AdvertiseX.Tests.Cli;

/// <summary>Runs command lines inside this process, as the program would.</summary>
internal static class CliRun
{
    /// <summary>Runs one.</summary>
    /// <returns>Exit code, standard output, standard error.</returns>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args) =>
        await RunAsync(args, []);

    /// <summary>Runs one with environment variables, and by a clock.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string[] args,
        Dictionary<string, string> variables,
        TimeProvider? clock = null
    )
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        using (
            var terminal = new Terminal(output, error, name => variables.GetValueOrDefault(name))
            {
                Clock = clock ?? TimeProvider.System,
            }
        )
        {
            var code = await CommandLine.RunAsync(args, terminal, TestContext.Current.CancellationToken);
            await terminal.Text.FlushAsync(TestContext.Current.CancellationToken);
            return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
        }
    }
}
