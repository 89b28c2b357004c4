using System.CommandLine;

namespace AdvertiseX.Cli.Rejects;

/// <summary><c>adx rejects</c>.</summary>
internal static class RejectsCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("rejects", "Look at records that were not accepted.")
        {
            Examples = [("adx rejects list --reason bad_time", "records with an unreadable time, newest first")],
        }.With(
            RejectsListCommand.Create(terminal),
            RejectsShowCommand.Create(terminal),
            RejectsExportCommand.Create(terminal)
        );
}
