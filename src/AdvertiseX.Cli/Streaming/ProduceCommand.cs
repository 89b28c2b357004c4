using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Contracts;
using AdvertiseX.Kafka.Producing;

namespace AdvertiseX.Cli.Streaming;

/// <summary><c>adx produce</c>: files to topics.</summary>
internal static class ProduceCommand
{
    private const double MostSpeed = 1_000_000;
    private const double MostRate = 100_000_000;

    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Files or folders; JSON, CSV and Avro, also compressed, are told apart by content",
            Arity = ArgumentArity.OneOrMore,
        };
        var brokers = StreamOptions.Brokers(terminal);
        var rate = SharedOptions.Named<double?>("--rate", "Records a second, over all topics", "N");
        var speed = SharedOptions.Named<string?>(
            "--speed",
            "By the records' own times: 1x as they happened, 10x ten times as fast; default: at once",
            "SPEED"
        );
        var registry = SharedOptions.Named<string?>(
            "--registry",
            "Schema registry that gets the schemas of Avro files (registry.url)",
            "URL"
        );
        var contracts = ContractOption.Create();
        var json = SharedOptions.Json("Print one JSON object at the end, and events as JSON lines");
        var command = new AdxCommand("produce", "Send files of the three feeds into their topics.")
        {
            Examples =
            [
                ("adx produce logs/ --brokers localhost:9092", "every feed found below logs/, as fast as it goes"),
                (
                    "adx produce logs/ --brokers localhost:9092 --speed 60x",
                    "an hour of events in a minute, in the order of their times"
                ),
            ],
        }.With(paths, brokers, rate, speed, registry, contracts, json);
        command.Runs(
            (parsed, given, cancellation) =>
            {
                if (parsed.GetValue(rate) is not null && parsed.GetValue(speed) is not null)
                    throw new UsageException("--rate and --speed are two ways to say how fast; give one");
                var settings = given
                    .With(parsed.GetValue(brokers), group: null)
                    .WithRegistry(parsed.GetValue(registry));
                return ProduceFiles.RunAsync(
                    parsed.GetValue(paths)!,
                    ContractOption.Read(parsed.GetValue(contracts)),
                    settings with
                    {
                        Produce = settings.Produce with
                        {
                            Rate = parsed.GetValue(rate) is { } records
                                ? Usage.Range("--rate", records, 0.001, MostRate)
                                : 0,
                            Speed = SpeedOf(parsed.GetValue(speed)),
                        },
                    },
                    parsed.GetValue(json),
                    terminal,
                    cancellation
                );
            }
        );
        return command;
    }

    private static double SpeedOf(string? text)
    {
        if (text is null)
            return 0;
        if (
            text.EndsWith('x')
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var times)
            && times is > 0 and <= MostSpeed
        )
            return times;
        throw new UsageException($"--speed is \"{text}\"; allowed: a number and x, such as 10x");
    }
}
