using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Dates;
using AdvertiseX.Cli.Text;
using AdvertiseX.Generation;

namespace AdvertiseX.Cli.Generation;

/// <summary><c>adx generate</c>: synthetic feeds with a known truth.</summary>
internal static class GenerateCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = SharedOptions.Named<string>("--out", "Folder to write into, new or empty", "DIR");
        folder.Required = true;
        var impressions = SharedOptions.Named("--impressions", "Impressions, 1 to 2,000,000,000", "N", 200_000L);
        var seed = SharedOptions.Named("--seed", "The same seed gives the same bytes", "S", 1UL);
        var start = DateOptions.Day("--start", "First day, UTC", "UTC", "2024-03-01");
        var days = SharedOptions.Named("--days", "Days of traffic, 1 to 366", "N", 7);
        var campaigns = SharedOptions.Named("--campaigns", "Campaigns, 4 to 5,000", "N", 60);
        var sites = SharedOptions.Named("--sites", "Sites, 1 to 100,000", "N", 400);
        var users = SharedOptions.Named("--users", "Known users, 20 to 4,000,000; 0: one for 16 impressions", "N", 0);
        var dirt = SharedOptions.Named(
            "--dirt",
            "none, default, the fraction of lines that is spoiled, or a list such as duplicate=0.01,late=0.02",
            "RATES",
            "default"
        );
        var gzip = SharedOptions.Named<bool>("--gzip", "Compress the JSON and CSV files");
        var codec = SharedOptions.OneOf(
            "--avro-codec",
            "none, snappy or deflate",
            "CODEC",
            BidCodec.Snappy,
            BidCodec.None,
            BidCodec.Deflate
        );
        var fileBytes = SharedOptions.Named(
            "--max-file-bytes",
            "Begin another file after so many bytes, at least 65,536",
            "BYTES",
            256L << 20
        );
        var json = SharedOptions.Json();
        var command = new AdxCommand("generate", "Write synthetic feeds, reference data, and the truth about them.")
        {
            Examples =
            [
                (
                    "adx generate --out feeds --impressions 1000000 --seed 7",
                    "a week of three feeds with about 1.3 % of dirt"
                ),
                ("adx generate --out clean --impressions 50000 --dirt none --days 2", "two days with nothing spoiled"),
            ],
        }.With(folder, impressions, seed, start, days, campaigns, sites, users, dirt, gzip, codec, fileBytes, json);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var options = new GeneratorOptions
                {
                    OutputDirectory = Path.GetFullPath(parsed.GetValue(folder)!),
                    Impressions = (long)Allowed(
                        impressions,
                        parsed.GetValue(impressions),
                        nameof(GeneratorOptions.Impressions)
                    ),
                    Seed = parsed.GetValue(seed),
                    Start = parsed.GetValue(start)!.First(DateOptions.Today(terminal.Clock)),
                    Days = (int)Allowed(days, parsed.GetValue(days), nameof(GeneratorOptions.Days)),
                    Campaigns = (int)Allowed(campaigns, parsed.GetValue(campaigns), nameof(GeneratorOptions.Campaigns)),
                    Sites = (int)Allowed(sites, parsed.GetValue(sites), nameof(GeneratorOptions.Sites)),
                    Users = parsed.GetValue(users),
                    Dirt = Usage.Checked(() => DirtRates.Parse(parsed.GetValue(dirt)!)),
                    Gzip = parsed.GetValue(gzip),
                    BidCodec = parsed.ValueOf<BidCodec>(codec),
                    MaxFileBytes = (long)Allowed(
                        fileBytes,
                        parsed.GetValue(fileBytes),
                        nameof(GeneratorOptions.MaxFileBytes)
                    ),
                };
                Usage.Checked(options.Validate);
                var summary = await RunAsync(options, terminal, cancellation);
                if (parsed.GetValue(json))
                    terminal.WriteJson(Describe(options, summary));
                else
                    Print(options, summary, terminal.Text);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static double Allowed(Option option, double value, string property) =>
        Usage.Allowed<GeneratorOptions>(option.Name, value, property);

    /// <summary>Generates with progress.</summary>
    public static Task<GenerationSummary> RunAsync(
        GeneratorOptions options,
        Terminal terminal,
        CancellationToken cancellation
    ) =>
        ProgressBar.RunAsync(
            terminal,
            "generating",
            latest =>
                FeedGenerator.GenerateAsync(
                    options,
                    new ProgressReports<GenerationProgress>(made =>
                        latest.Report(new(made.Impressions, made.TotalImpressions, "impressions"))
                    ),
                    cancellation
                )
        );

    private static object Describe(GeneratorOptions options, GenerationSummary made) =>
        new
        {
            Folder = options.OutputDirectory,
            made.Impressions,
            made.Clicks,
            made.Conversions,
            made.BidRequests,
            Files = made.FeedFiles,
            Bytes = made.FeedBytes,
            Seconds = Math.Round(made.Elapsed.TotalSeconds, 3),
        };

    private static void Print(GeneratorOptions options, GenerationSummary made, TextWriter output)
    {
        var table = new TextTable("feed", "lines", "to accept", "duplicate", "to reject", "late");
        foreach (
            var (name, counts) in new[]
            {
                ("impressions", made.Impressions),
                ("clicks", made.Clicks),
                ("conversions", made.Conversions),
                ("bid_requests", made.BidRequests),
            }
        )
        {
            table.Add(
                name,
                Amounts.Count(counts.Received),
                Amounts.Count(counts.Accepted),
                Amounts.Count(counts.Duplicate),
                Amounts.Count(counts.Rejected),
                Amounts.Count(counts.Late)
            );
        }

        table.Write(output);
        output.WriteLine();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{made.FeedFiles} files, {Amounts.Bytes(made.FeedBytes)}, in {options.OutputDirectory} ({Amounts.Duration(made.Elapsed)}): impressions/ clicks_conversions/ bid_requests/ reference/ truth/"
            )
        );
    }
}
