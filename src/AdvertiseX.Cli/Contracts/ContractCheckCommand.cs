using System.CommandLine;
using AdvertiseX.Cli.Text;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Reports;
using AdvertiseX.Sources;

namespace AdvertiseX.Cli.Contracts;

/// <summary><c>adx contract check FILE</c>.</summary>
internal static class ContractCheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A contract file" };
        var sample = SharedOptions.Named<string?>("--sample", "Show where the fields of this file would go", "FILE");
        var json = SharedOptions.Json();
        var command = new AdxCommand("check", "Check a contract file; exit code 2 if it is wrong.")
        {
            Examples =
            [
                ("adx contract check mine.json --sample events.csv", "the columns that each field of events.csv feeds"),
            ],
        }.With(file, sample, json);
        command.Runs(
            (parsed, settings, _) =>
            {
                var contract = ContractFile.Read(parsed.GetValue(file)!);
                var path = parsed.GetValue(sample);
                var routes = path is null ? [] : RoutesOf(contract, FieldSampler.Read(path, settings.Ingest.Framing));
                var fallback = contract.Source.Fields["event_time"].Fallback;
                var date = path is null ? null : FileDate.Of(Path.GetFullPath(path));
                if (parsed.GetValue(json))
                    terminal.WriteJson(
                        new
                        {
                            contract.Source.Name,
                            Feed = FeedNames.Of(contract.Feed),
                            Columns = contract.Source.Fields.Keys,
                            TimeFallback = fallback,
                            FileDate = date,
                            Sample = routes,
                        }
                    );
                else
                    Print(
                        contract,
                        routes,
                        path is null ? fallback : [.. fallback.Select(name => Told(name, date))],
                        terminal.Text
                    );
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private static List<Route> RoutesOf(CompiledContract contract, IReadOnlyList<SampledField> sample)
    {
        var columns = contract
            .Source.Fields.SelectMany(field =>
                field.Value.From.Select(path => (Path: FieldNode.Normalize(path), field.Key))
            )
            .GroupBy(pair => pair.Path)
            .ToDictionary(group => group.Key, group => group.First().Key);
        return
        [
            .. sample.Select(field => new Route(
                field.Path,
                columns.GetValueOrDefault(FieldNode.Normalize(field.Path), "extra"),
                field.Values is [var first, ..] ? first : ""
            )),
        ];
    }

    private static string Told(string fallback, DateOnly? date) =>
        fallback != TimeFallbacks.FileDate ? fallback
        : date is { } day ? $"{fallback} ({day:yyyy-MM-dd})"
        : $"{fallback} (none in the sample's name)";

    private static void Print(
        CompiledContract contract,
        List<Route> routes,
        IReadOnlyList<string> fallback,
        TextWriter output
    )
    {
        output.WriteLine(
            $"{TerminalText.Visible(contract.Source.Name)} is a contract for {FeedNames.Of(contract.Feed)} with {contract.Source.Fields.Count} fields"
        );
        if (fallback.Count > 0)
            output.WriteLine($"events without a time take {string.Join(", else ", fallback)}");
        if (routes.Count == 0)
            return;
        output.WriteLine();
        var table = new TextTable("field", "column", "first value") { LeftColumns = [1, 2] };
        foreach (var route in routes)
            table.Add(
                route.Field,
                route.Column,
                route.FirstValue.Length > 50 ? route.FirstValue[..50] + "…" : route.FirstValue
            );
        table.Write(output);
    }

    private sealed record Route(string Field, string Column, string FirstValue);
}
