using System.CommandLine;

namespace AdvertiseX.Cli.Contracts;

/// <summary><c>adx contract</c>.</summary>
internal static class ContractCommand
{
    public static Command Create(Terminal terminal) =>
        new AdxCommand("contract", "Say how a feed's own field names map to columns.")
        {
            Examples = [("adx contract infer events.csv --output mine.json", "draft a contract from a sample")],
        }.With(
            ContractInferCommand.Create(terminal),
            ContractShowCommand.Create(terminal),
            ContractCheckCommand.Create(terminal)
        );
}
