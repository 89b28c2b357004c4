using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Configuration;
using AdvertiseX.Events;
using AdvertiseX.Server.Access;
using AdvertiseX.Server.Collecting;

namespace AdvertiseX.Cli.Keys;

/// <summary><c>adx keys create NAME</c>: the key is printed once, and kept nowhere.</summary>
internal static class KeysCreateCommand
{
    private const int LongestName = 64;

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME")
        {
            Description = "What you call the sender: letters, digits, '.', '_' and '-'; several keys may have one name",
        };
        var feeds = SharedOptions.Named<string?>(
            "--feeds",
            $"Feeds to which it may send, divided by commas: {string.Join(", ", FeedPaths.Names)}; all if not given",
            "FEEDS"
        );
        var rate = SharedOptions.Named<string?>(
            "--rate",
            "Requests a second, such as 100/s (keys.requests_per_second)",
            "RATE"
        );
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json();
        var command = new AdxCommand("create", "Make a key, and print it once.")
        {
            Examples =
            [
                (
                    "adx keys create shop",
                    "every adx serve on ./lake takes it within seconds, and nothing without a key"
                ),
                ("adx keys create page --feeds impressions,interactions --rate 200/s", "for a pixel"),
            ],
        }.With(name, feeds, rate, lake, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                var sender = NameOf(parsed.GetValue(name)!);
                var allowed = FeedsOf(parsed.GetValue(feeds));
                var perSecond = RateOf(parsed.GetValue(rate));
                using var open = await settings.OpenLakeAsync(terminal, cancellation, create: true);
                var (key, text) = await new KeyStore(open.Store, terminal.Clock).CreateAsync(
                    sender,
                    allowed,
                    perSecond,
                    cancellation
                );
                Print(key, text, parsed.GetValue(json), terminal);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Print(CollectorKey key, string text, bool json, Terminal terminal)
    {
        if (json)
        {
            terminal.WriteJson(
                new
                {
                    key.Id,
                    key.Name,
                    Feeds = ShownKey.FeedsOf(key),
                    key.RequestsPerSecond,
                    Key = text,
                }
            );
            return;
        }

        terminal.Text.WriteLine(text);
        terminal.Note($"adx: the key of {key.Name}, id {key.Id}; it is not kept here and cannot be shown again");
    }

    private static string NameOf(string name) =>
        name.Length is > 0 and <= LongestName
        && name.All(each => char.IsAsciiLetterOrDigit(each) || each is '.' or '_' or '-')
            ? name
            : throw new UsageException(
                $"NAME is \"{name}\"; allowed: 1 to {LongestName} letters, digits, '.', '_' and '-'"
            );

    private static List<Feed> FeedsOf(string? text)
    {
        if (text is null)
            return [];
        return
        [
            .. text.Split(',', StringSplitOptions.TrimEntries)
                .Select(name =>
                    FeedPaths.Find(name)
                    ?? throw new UsageException(
                        $"--feeds is \"{text}\"; allowed: some of {string.Join(", ", FeedPaths.Names)}, divided by commas"
                    )
                )
                .Distinct(),
        ];
    }

    private static double? RateOf(string? text)
    {
        if (text is null)
            return null;
        var option = OptionDescription.Of<AccessOptions>(nameof(AccessOptions.RequestsPerSecond));
        var number = text.EndsWith("/s", StringComparison.Ordinal) ? text[..^2] : text;
        return
            double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
            && rate > 0
            && option.Allows(rate)
            ? rate
            : throw new UsageException($"--rate is \"{text}\"; allowed: above 0 and up to 1000000/s");
    }
}
