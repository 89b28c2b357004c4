using System.CommandLine;

namespace AdvertiseX.Cli.Demo;

/// <summary><c>adx demo</c>: the whole route on generated feeds, held against their truth.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        var impressions = SharedOptions.Named(
            "--impressions",
            "Impressions to generate, 1,000 to 100,000,000",
            "N",
            200_000L
        );
        var folder = SharedOptions.Named(
            "--dir",
            "Folder for feeds and lake; a demo that is there is replaced",
            "DIR",
            "./demo"
        );
        var seed = SharedOptions.Named("--seed", "Seed of the feeds", "S", 1UL);
        var json = SharedOptions.Json();
        var command = new AdxCommand(
            "demo",
            "Generate feeds, ingest them, and show campaign performance and the proof that nothing was lost."
        )
        {
            Examples =
            [
                ("adx demo", "a week of 200,000 impressions in ./demo"),
                ("adx demo --impressions 2000000 --seed 7", "ten times as much"),
            ],
        }.With(impressions, folder, seed, json);
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var count = (long)Usage.Range("--impressions", parsed.GetValue(impressions), 1_000, 100_000_000);
                var demo = new DemoRun(
                    terminal,
                    settings,
                    Path.GetFullPath(parsed.GetValue(folder)!),
                    parsed.GetValue(folder)!,
                    count,
                    parsed.GetValue(seed)
                );
                return demo.RunAsync(parsed.GetValue(json), cancellation);
            }
        );
        return command;
    }
}
