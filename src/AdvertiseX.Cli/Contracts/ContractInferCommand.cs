using System.CommandLine;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Framing;
using AdvertiseX.Sources;

namespace AdvertiseX.Cli.Contracts;

/// <summary><c>adx contract infer FILE</c>.</summary>
internal static class ContractInferCommand
{
    public static Command Create(Terminal terminal)
    {
        var sample = new Argument<string>("FILE") { Description = "A sample: JSON, CSV or Avro, also compressed" };
        var feed = SharedOptions.Named<string?>(
            "--feed",
            $"Feed of the file; default: the likeliest of {string.Join(", ", FeedNames.All)}",
            "FEED"
        );
        feed.AcceptOnlyFromAmong([.. FeedNames.All, .. FeedNames.All.Select(name => name.Replace('_', '-'))]);
        var output = SharedOptions.Named<string?>("--output", "Write to this file, over what is there", "FILE");
        var json = SharedOptions.Json("Print what was found instead of the contract");
        var command = new AdxCommand("infer", "Draft a contract from a sample.")
        {
            Examples =
            [
                (
                    "adx contract infer logs/imps.json --feed impressions --output mine.json",
                    "then: adx ingest logs/ --contract mine.json"
                ),
            ],
        }.With(sample, feed, output, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var path = parsed.GetValue(sample)!;
                var draft = Draft(path, parsed.GetValue(feed), settings.Ingest.Framing);
                if (parsed.GetValue(json))
                    terminal.WriteJson(Describe(draft));
                else
                    await WriteAsync(DraftText.Write(draft, path), parsed.GetValue(output), terminal, cancellation);
                var guesses = draft.Fields.Count(field => field.Basis == DraftBasis.Guessed);
                if (guesses > 0)
                    terminal.Note(
                        $"adx: {guesses} of {draft.Fields.Count} fields are guesses; look at them before use"
                    );
                if (!draft.IsComplete)
                    terminal.Note(
                        $"adx: the draft lacks what {FeedNames.Of(draft.Contract.Feed)} needs; add the fields of \"required\" and event_time by hand"
                    );
                return draft.IsComplete ? ExitCode.Done : ExitCode.Failed;
            }
        );
        return command;
    }

    private static ContractDraft Draft(string path, string? feedName, FramerOptions framing)
    {
        var fields = FieldSampler.Read(path, framing);
        var feed =
            feedName is not null && FeedNames.TryParse(feedName, out var named)
                ? named
                : ContractDraft.LikelyFeed(fields, ContractFile.Shipped);
        if (feed is null)
            throw new UsageException($"{path} could be more than one feed; say which with --feed");
        return ContractDraft.Infer(
            fields,
            ContractFile.ShippedFor(feed.Value).Source,
            FileDate.Of(Path.GetFullPath(path))
        );
    }

    private static async Task WriteAsync(string text, string? output, Terminal terminal, CancellationToken cancellation)
    {
        if (output is null)
        {
            await terminal.Text.WriteAsync(text);
            return;
        }

        using var target = new ReplacedFile(Path.GetFullPath(output));
        await File.WriteAllTextAsync(target.TemporaryPath, text, cancellation);
        target.Complete();
    }

    private static object Describe(ContractDraft draft) =>
        new
        {
            Feed = FeedNames.Of(draft.Contract.Feed),
            Complete = draft.IsComplete,
            TimeFallback = draft.Contract.Fields.TryGetValue("event_time", out var time) ? time.Fallback : [],
            Fields = draft.Fields.Select(field => new
            {
                field.Field,
                From = field.Sources.Select(source => source.Path),
                Basis = field.Basis.ToString().ToLowerInvariant(),
                field.Unit,
            }),
            Unmapped = draft.Unmapped.Select(source => source.Path),
        };
}
