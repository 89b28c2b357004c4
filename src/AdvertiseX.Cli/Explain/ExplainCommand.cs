using System.CommandLine;

namespace AdvertiseX.Cli.Explain;

/// <summary><c>adx explain</c>: where a figure comes from.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("explain", "Show why a figure is what it is.")
        {
            Examples =
            [
                ("adx explain conversion 8f3c2a", "which touches earned that conversion, and why the others lost"),
            ],
        }.With(ExplainConversionCommand.Create(terminal), ExplainCellCommand.Create(terminal));
}
