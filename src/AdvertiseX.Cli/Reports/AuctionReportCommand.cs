using System.CommandLine;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Reports;

/// <summary><c>adx report auctions</c>.</summary>
internal static class AuctionReportCommand
{
    private static readonly (string Column, string Title, string? Format)[] Columns =
    [
        ("campaign_id", "campaign", null),
        ("campaign_name", "name", null),
        ("day", "day", null),
        ("week", "week", null),
        ("month", "month", null),
        ("currency", "", null),
        ("from_cpm", "bid from", "0.00"),
        ("requests", "requests", "N0"),
        ("bids", "bids", "N0"),
        ("bid_rate", "of req.", "0.0 %"),
        ("wins", "wins", "N0"),
        ("win_rate", "win rate", "0.0 %"),
        ("shown", "shown", "N0"),
        ("lost_rate", "lost", "0.00 %"),
        ("clicked", "clicked", "N0"),
        ("converted", "conv.", "N0"),
        ("impressions_without_request", "no request", "N0"),
        ("bid_cpm", "bid", "N2"),
        ("clearing_cpm", "clearing", "N2"),
        ("bid_above_clearing_cpm", "above", "N2"),
    ];

    public static Command Create(Terminal terminal)
    {
        var common = new ReportOptions(
            terminal,
            ReportPeriod.Total,
            ReportPeriod.Day,
            ReportPeriod.Week,
            ReportPeriod.Month
        );
        var landscape = SharedOptions.Named<bool>("--landscape", "Bids and wins by band of bid price");
        var command = new AdxCommand(
            "auctions",
            "Bid requests, bids, wins, impressions, clicks and conversions, and where each step leaks."
        )
        {
            Examples =
            [
                ("adx report auctions --by day", "what became of bid requests, day by day"),
                ("adx report auctions --landscape --campaign camp-0001", "how often bids of which price win"),
            ],
        }.With(common.With(landscape));
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var options = common.Read(parsed);
                ReportOptions.Require(options);
                var output = common.Output(parsed, terminal);
                var isLandscape = parsed.GetValue(landscape);
                return FreshRead.RunAsync(
                    terminal,
                    () => RunAsync(settings, options, isLandscape, output, terminal, cancellation)
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        AdxSettings settings,
        PerformanceReportOptions options,
        bool isLandscape,
        ReportOutput output,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        using var lake = await settings.OpenLakeAsync(terminal, cancellation);
        using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
        var table = isLandscape ? "bid_landscape" : "auctions";
        await StaleFigures.NoteReportAsync(terminal, lake, settings, [table, "campaigns"], cancellation);
        var scope = await ReportScope.ReadAsync(engine, lake, options, table, cancellation);
        using var result = isLandscape
            ? await AuctionReport.ReadLandscapeAsync(engine, lake, scope.Options, cancellation)
            : await AuctionReport.ReadAsync(engine, lake, scope.Options, cancellation);
        output.Write(result, scope.Heading(credit: null), Table);
        return ExitCode.Done;
    }

    private static TextTable Table(QueryResult result)
    {
        var at = result
            .Columns.Select((column, index) => (column.Name, index))
            .ToDictionary(pair => pair.Name, pair => pair.index);
        var shown = Columns.Where(column => at.ContainsKey(column.Column)).ToList();
        var table = new TextTable([.. shown.Select(column => column.Title)])
        {
            LeftColumns = [.. Enumerable.Range(1, shown.Count(column => column.Format is null) - 1)],
        };
        while (result.Read())
            table.Add([
                .. shown.Select(column =>
                    column.Format is { } format
                        ? ReportCells.Figure(result, at[column.Column], format)
                        : ReportCells.Text(result, at[column.Column])
                ),
            ]);
        return table;
    }
}
