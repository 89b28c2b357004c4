using System.CommandLine;

namespace AdvertiseX.Cli.Registry;

/// <summary><c>adx registry</c>.</summary>
internal static class RegistryCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("registry", "Keep the schemas of messages for producers and workers.")
        {
            Examples = [("adx registry serve --lake ./lake", "a registry for those who have none")],
        }.With(RegistryServeCommand.Create(terminal));
}
