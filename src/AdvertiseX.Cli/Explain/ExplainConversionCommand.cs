using System.CommandLine;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Cli.Explain;

/// <summary><c>adx explain conversion ID</c>.</summary>
internal static class ExplainConversionCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = new Argument<string>("ID") { Description = "Id of the conversion (event_id of conversions)" };
        var lake = SharedOptions.Lake(terminal);
        var json = SharedOptions.Json("Print one JSON object, with all candidates");
        var command = new AdxCommand(
            "conversion",
            "List every touch that a conversion could have come from: what it earned, or why it lost."
        )
        {
            Examples =
            [
                (
                    "adx explain conversion 8f3c2a --lake ./lake",
                    "the conversion, its verdicts and its candidate touches"
                ),
                ("adx explain conversion 8f3c2a --json", "all of it, exact"),
            ],
        }.With(id, lake, json);
        command.Runs(
            async (parsed, settings, cancellation) =>
            {
                using var open = await settings.OpenLakeAsync(terminal, cancellation);
                using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
                var explanation = await ConversionExplainer.ReadAsync(
                    engine,
                    open,
                    parsed.GetValue(id)!,
                    settings.Models,
                    cancellation
                );
                if (parsed.GetValue(json))
                    terminal.WriteJson(ConversionJson.Of(explanation));
                else
                    ConversionText.Print(explanation, terminal.Text);
                foreach (var note in explanation.Notes)
                    terminal.Note($"adx explain: {ShownText.Of(note)}");
                return ExitCode.Done;
            }
        );
        return command;
    }
}
