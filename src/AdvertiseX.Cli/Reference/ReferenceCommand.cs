using System.CommandLine;

namespace AdvertiseX.Cli.Reference;

/// <summary><c>adx reference</c>.</summary>
internal static class ReferenceCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("reference", "Describe campaigns, ad groups, creatives, sites, users and targets.")
        {
            Examples = [("adx reference load reference/", "every CSV and JSON file of a folder")],
        }.With(ReferenceLoadCommand.Create(terminal));
}
