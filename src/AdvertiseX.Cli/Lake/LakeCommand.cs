using System.CommandLine;

namespace AdvertiseX.Cli.Lake;

/// <summary><c>adx lake</c>.</summary>
internal static class LakeCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("lake", "Look at a lake, check it, tidy it.")
        {
            Examples = [("adx lake tables --lake ./lake", "tables with their rows, files and dates")],
        }.With(
            LakeTablesCommand.Create(terminal),
            LakeHistoryCommand.Create(terminal),
            LakeVerifyCommand.Create(terminal),
            LakeCompactCommand.Create(terminal),
            LakeVacuumCommand.Create(terminal)
        );
}
