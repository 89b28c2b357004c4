using System.CommandLine;
using AdvertiseX.Cli.Contracts;
using AdvertiseX.Cli.Models;
using AdvertiseX.Events;
using AdvertiseX.Models;

namespace AdvertiseX.Cli.Ingest;

/// <summary><c>adx ingest</c>: files to facts.</summary>
internal static class IngestCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Files or folders; JSON, CSV and Avro, also compressed, are told apart by content",
            Arity = ArgumentArity.OneOrMore,
        };
        var lake = SharedOptions.Lake(terminal);
        var feed = SharedOptions.Named<string?>(
            "--feed",
            $"Take every file for this feed: {string.Join(", ", FeedNames.All)}",
            "FEED"
        );
        feed.AcceptOnlyFromAmong([.. FeedNames.All, .. FeedNames.All.Select(name => name.Replace('_', '-'))]);
        var contracts = ContractOption.Create();
        var noModels = SharedOptions.NoModels();
        var models = SharedOptions.Models();
        var maxRejects = SharedOptions.Named<long?>(
            "--max-rejects",
            "Exit with 3 if more records than this were rejected",
            "N"
        );
        var dryRun = SharedOptions.DryRun("Only say which files would be read, and as what");
        var json = SharedOptions.Json();
        var command = new AdxCommand("ingest", "Read files of the three feeds into the lake.")
        {
            Examples =
            [
                (
                    "adx ingest logs/ --lake ./lake",
                    "every feed found below logs/; what was read before is not read again"
                ),
                (
                    "adx ingest events.csv.gz --feed clicks_conversions --contract mine.json",
                    "one file by a contract of one's own"
                ),
                (
                    "adx ingest logs/ --json --max-rejects 1000",
                    "counts for a program, exit code 3 if over 1,000 records were rejected"
                ),
            ],
        }.With(paths, lake, feed, contracts, noModels, models, maxRejects, dryRun, json);
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var request = new IngestRequest(
                    parsed.GetValue(paths)!,
                    ContractOption.Read(parsed.GetValue(contracts)),
                    settings
                )
                {
                    Feed = parsed.GetValue(feed) is { } name && FeedNames.TryParse(name, out var known) ? known : null,
                    RefreshModels = !parsed.GetValue(noModels),
                    Models = parsed.GetValue(noModels)
                        ? ModelCatalog.Shipped
                        : ModelRefreshing.CatalogOf(settings, parsed.GetValue(models)),
                    MaxRejects = parsed.GetValue(maxRejects) is { } most
                        ? (long)Usage.Range("--max-rejects", most, 0, long.MaxValue)
                        : null,
                    Json = parsed.GetValue(json),
                    DryRun = parsed.GetValue(dryRun),
                };
                return FileIngestion.RunAsync(request, terminal, cancellation);
            }
        );
        return command;
    }
}
