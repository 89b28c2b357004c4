using System.CommandLine;
using AdvertiseX.Contracts;
using AdvertiseX.Events;

namespace AdvertiseX.Cli.Contracts;

/// <summary>--contract of the commands that read feeds.</summary>
internal static class ContractOption
{
    public static Option<string[]> Create() =>
        SharedOptions.Named<string[]>(
            "--contract",
            "Contract to use instead of the shipped one of its feed; may be given several times",
            "FILE"
        );

    /// <summary>The shipped contracts, each replaced by the file that is for its feed.</summary>
    /// <exception cref="ContractException">A file is no contract.</exception>
    /// <exception cref="UsageException">Two files are for one feed.</exception>
    public static IReadOnlyList<CompiledContract> Read(IReadOnlyList<string>? files)
    {
        var chosen = ContractFile.Shipped.ToDictionary(contract => contract.Feed);
        var own = new Dictionary<Feed, string>();
        foreach (var file in files ?? [])
        {
            var contract = ContractFile.Read(file);
            if (!own.TryAdd(contract.Feed, file))
                throw new UsageException(
                    $"--contract {own[contract.Feed]} and {file} are both for {FeedNames.Of(contract.Feed)}; one a feed is allowed"
                );
            chosen[contract.Feed] = contract;
        }

        return [.. chosen.Values];
    }
}
