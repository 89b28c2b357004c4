using System.CommandLine;
using AdvertiseX.Contracts;
using AdvertiseX.Events;

namespace AdvertiseX.Cli.Contracts;

/// <summary><c>adx contract show FEED</c>.</summary>
internal static class ContractShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var feed = new Argument<string>("FEED") { Description = string.Join(", ", FeedNames.All) };
        feed.AcceptOnlyFromAmong([.. FeedNames.All, .. FeedNames.All.Select(name => name.Replace('_', '-'))]);
        var command = new AdxCommand("show", "Print the contract that ships for a feed.")
        {
            Examples = [("adx contract show impressions", "the spellings that load with no contract of one's own")],
        }.With(feed);
        command.SetAction(parsed =>
        {
            if (!FeedNames.TryParse(parsed.GetValue(feed)!, out var known))
                throw new UsageException($"{parsed.GetValue(feed)} is no feed");
            terminal.Text.Write(ContractFile.ShippedText(known));
            return ExitCode.Done;
        });
        return command;
    }
}
