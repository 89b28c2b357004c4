using System.CommandLine;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Dates;
using AdvertiseX.Cli.Names;
using AdvertiseX.Engines;
using AdvertiseX.Models;
using AdvertiseX.Reports;
using AdvertiseX.Reports.WhatIf;

namespace AdvertiseX.Cli.WhatIf;

/// <summary><c>adx what-if</c>: the same facts under other rules, beside today's.</summary>
internal static class WhatIfCommand
{
    public static Command Create(Terminal terminal)
    {
        var click = SharedOptions.Named<string?>(
            "--click-window",
            "From a click to the conversion that it may earn (7d, 12h, 30m); 0 switches click-through credit off",
            "TIME"
        );
        click.Aliases.Add("--conversion-click-window");
        var view = SharedOptions.Named<string?>(
            "--view-window",
            "From an impression to the conversion that it may earn; 0 switches view-through credit off",
            "TIME"
        );
        var match = SharedOptions.Named<string?>(
            "--match-window",
            "From an impression to a click of the same user that may be its; 0 leaves links by impression id only",
            "TIME"
        );
        var model = SharedOptions.Named(
            "--model",
            $"Attribution model of both sides: {string.Join(", ", AttributionModels.Names)}",
            "MODEL",
            AttributionModels.Names[0]
        );
        var campaigns = SharedOptions.Named<string[]>(
            "--campaign",
            "Change and show only this campaign, by id or name; may be given several times",
            "CAMPAIGN"
        );
        var dates = new DateRangeOptions("of conversions, in each campaign's own zone");
        var by = SharedOptions.OneOf(
            "--by",
            "total, day or campaign",
            "ROWS",
            WhatIfGrain.Campaign,
            WhatIfGrain.Day,
            WhatIfGrain.Total
        );
        var gross = SharedOptions.Named<bool>("--gross", "All traffic, invalid and repeated too");
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json();
        var command = new AdxCommand("what-if", "Show what other attribution windows would change; nothing is stored.")
        {
            Examples =
            [
                (
                    $"adx what-if --click-window 7d --view-window 0 --model {AttributionModels.Names[^1]}",
                    "a week after clicks, no view-through, by campaign"
                ),
                (
                    "adx what-if --view-window 1h --by day --from 2024-03-01 --to 2024-03-07 --gross",
                    "a shorter view-through window, day by day, all traffic"
                ),
            ],
        }.With([click, view, match, model, campaigns, .. dates.All, by, gross, lake, json]);
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var (from, to) = dates.Read(parsed, terminal.Clock);
                var options = new WhatIfOptions
                {
                    ClickWindow = Window(click, parsed.GetValue(click)),
                    ViewWindow = Window(view, parsed.GetValue(view)),
                    MatchWindow = Window(match, parsed.GetValue(match)),
                    Model = ModelOf(parsed.GetValue(model)!),
                    Campaigns = parsed.GetValue(campaigns) ?? [],
                    From = from,
                    To = to,
                    By = parsed.ValueOf<WhatIfGrain>(by),
                    Net = !parsed.GetValue(gross),
                };
                if ((options.ClickWindow ?? options.ViewWindow ?? options.MatchWindow) is null)
                    throw new UsageException(
                        "what-if needs another rule: --click-window, --view-window or --match-window"
                    );
                return RunAsync(options, settings, parsed.GetValue(json), terminal, cancellation);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        WhatIfOptions options,
        AdxSettings settings,
        bool json,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        using var lake = await settings.OpenLakeAsync(terminal, cancellation);
        using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
        var campaigns = await new GivenNames(engine, lake).CampaignsAsync(
            options.Campaigns,
            ["impressions", "clicks"],
            cancellation
        );
        options = options with { Campaigns = [.. campaigns.Select(campaign => campaign.Id)] };
        var report = await ProgressBar.RunAsync(
            terminal,
            "trying other rules",
            _ =>
                Task.Run(
                    () => WhatIfEvaluation.RunAsync(engine, lake, options, settings.Models, cancellation),
                    CancellationToken.None
                )
        );
        if (json)
            terminal.WriteJson(WhatIfJson.Of(options, report));
        else
            WhatIfText.Print(options, report, terminal.Text);
        foreach (var note in report.Notes)
            terminal.Note($"adx what-if: {note}");
        return ExitCode.Done;
    }

    private static TimeSpan? Window(Option<string?> option, string? text)
    {
        try
        {
            return text is null ? null : WhatIfOptions.ParseWindow(text);
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"{option.Name} {wrong.Message}");
        }
    }

    private static string ModelOf(string name) =>
        AttributionModels.Names.Contains(name)
            ? name
            : throw new UsageException($"--model is {name}; models are {string.Join(", ", AttributionModels.Names)}");
}
