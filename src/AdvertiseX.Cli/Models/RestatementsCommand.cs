using System.CommandLine;
using System.Globalization;
using AdvertiseX.Cli.Configuration;
using AdvertiseX.Cli.Dates;
using AdvertiseX.Cli.Names;
using AdvertiseX.Cli.Query;
using AdvertiseX.Columns;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Models;

/// <summary><c>adx restatements</c>: which published figures runs changed.</summary>
internal static class RestatementsCommand
{
    public static Command Create(Terminal terminal)
    {
        var lake = SharedOptions.Lake(terminal);
        var campaigns = SharedOptions.Named<string[]>(
            "--campaign",
            "Only this campaign, by id or name; may be given several times",
            "CAMPAIGN"
        );
        var dates = new DateRangeOptions("of the figures, in each campaign's own zone");
        var since = SharedOptions.Named<string?>(
            "--since",
            "Only changes made at this time (UTC) or later: a date, written as for --from, or 2024-04-01T12:30:00Z",
            "TIME"
        );
        var model = SharedOptions.Named<string?>("--model", "Only figures of this model", "MODEL");
        var measure = SharedOptions.Named<string[]>(
            "--measure",
            "Only this figure, such as spend or spend_micros; may be given several times",
            "NAME"
        );
        var limit = SharedOptions.Named("--limit", "Rows shown at most, newest first", "N", 50);
        var format = SharedOptions.Named<string?>("--format", "table, csv or json (one array of objects)", "FORMAT");
        format.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "table", "csv", "json");
        var json = SharedOptions.Json("The same as --format json");
        var command = new AdxCommand(
            "restatements",
            "List published figures that a later run changed, from what to what, and why."
        )
        {
            Examples =
            [
                (
                    "adx restatements --campaign c1 --from 2024-03-01 --to 2024-03-31",
                    "what became of March's figures of one campaign"
                ),
                (
                    "adx restatements --since 2024-04-01 --format csv --limit 100000",
                    "everything that changed since, for a spreadsheet"
                ),
            ],
        }.With([lake, campaigns, .. dates.All, since, model, measure, limit, format, json]);
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var (from, to) = dates.Read(parsed, terminal.Clock);
                var conditions = new List<string> { "true" };
                if (from is { } first)
                    conditions.Add($"local_date >= DATE '{Day(first)}'");
                if (to is { } last)
                    conditions.Add($"local_date <= DATE '{Day(last)}'");
                if (parsed.GetValue(since) is { } text)
                    conditions.Add(
                        $"run_time >= make_timestamptz({Micros(GivenTime.Parse("--since", text, terminal.Clock))})"
                    );
                var most = (long)Usage.Range("--limit", parsed.GetValue(limit), 1, 100_000_000);
                var chosen = FormatChoice.Of(parsed.GetValue(format), parsed.GetValue(json), null);
                return RunAsync(
                    settings,
                    conditions,
                    parsed.GetValue(campaigns) ?? [],
                    parsed.GetValue(model),
                    parsed.GetValue(measure) ?? [],
                    most,
                    chosen,
                    terminal,
                    cancellation
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        AdxSettings settings,
        List<string> conditions,
        string[] campaigns,
        string? model,
        string[] figures,
        long most,
        ResultFormat format,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        using (var lake = await settings.OpenLakeAsync(terminal, cancellation))
        {
            if (lake.Tables.All(table => table.Name != RestatementTable.Name))
                throw new LakeException("The lake has no restatements yet; adx run logs them.");
            using var engine = new DuckDbEngine(settings.Engine, terminal.Clock);
            var named = await new GivenNames(engine, lake).CampaignsAsync(
                campaigns,
                [RestatementTable.Name, "campaign_performance"],
                cancellation
            );
            if (named.Count > 0)
                conditions.Add(
                    $"campaign_id IN ({SqlDialect.DuckDb.Texts([.. named.Select(campaign => campaign.Id)])})"
                );
            var published = model is null && figures.Length == 0 ? [] : await LoggedAsync(engine, lake, cancellation);
            if (model is not null)
            {
                GivenNames.Require("published model", model, [.. published.Select(logged => logged.Model).Distinct()]);
                conditions.Add($"model = {SqlDialect.DuckDb.Text(model)}");
            }

            if (figures.Length > 0)
            {
                var known = published.Where(logged => model is null || logged.Model == model);
                var measures = MeasuresOf(figures, [.. known.Select(logged => logged.Measure).OfType<string>()]);
                conditions.Add($"measure IN ({SqlDialect.DuckDb.Texts(measures)})");
            }

            await StaleFigures.NoteAsync(
                terminal,
                "restatements",
                lake,
                settings,
                ModelCatalog.Shipped.Ordered.Where(each => each.PublishesCells).Select(each => each.Name),
                cancellation
            );
            var there = await CountAsync(engine, lake, conditions, cancellation);
            if (there == 0)
                terminal.Note("adx restatements: none");
            else if (there > most)
                terminal.Note(
                    $"adx restatements: the newest {Number(most)} of {Number(there)}; --limit shows more, --model and --measure choose"
                );
        }

        return await QueryRun.RunAsync(
            new QueryRequest(Select(conditions, most, format), format, settings),
            terminal,
            cancellation
        );
    }

    private static async Task<long> CountAsync(
        DuckDbEngine engine,
        DataLake lake,
        List<string> conditions,
        CancellationToken cancellation
    )
    {
        using var counted = await engine.ReadAsync(
            $"select count(*) from {RestatementTable.Name} where {string.Join(" and ", conditions)}",
            await ReportTables.SetsAsync(lake, [RestatementTable.Name], cancellation),
            cancellation
        );
        return counted.Read() ? counted.GetInt64(0) : 0;
    }

    /// <summary>Models whose figures are published, with each of their measures; own models are those that a run has
    /// logged.</summary>
    private static async Task<IReadOnlyList<(string Model, string? Measure)>> LoggedAsync(
        DuckDbEngine engine,
        DataLake lake,
        CancellationToken cancellation
    )
    {
        var sets = await ReportTables.SetsAsync(lake, [RestatementTable.Name], cancellation);
        var known = ModelCatalog
            .Shipped.Ordered.Where(model => model.PublishesCells)
            .SelectMany(model =>
                model
                    .Columns.Select(column => column.Name)
                    .Except(model.Grain)
                    .Select(measure => (model.Name, (string?)measure))
            )
            .ToHashSet();
        using var logged = await engine.ReadAsync(
            $"select distinct model, measure from {RestatementTable.Name}",
            sets,
            cancellation
        );
        while (logged.Read())
            known.Add((logged.GetString(0)!, logged.GetString(1)));
        return [.. known.Order()];
    }

    /// <summary>The measures that are given as they are, or as the table shows them.</summary>
    /// <exception cref="LakeException">There is no such measure.</exception>
    private static IReadOnlyList<string> MeasuresOf(IReadOnlyList<string> given, IReadOnlyList<string> known)
    {
        var byName = known.Concat(known.Select(Figure)).ToHashSet(StringComparer.Ordinal);
        foreach (var name in given.Where(name => !byName.Contains(name)))
            GivenNames.Require("measure", name, [.. known.Select(Figure).Distinct().Order(StringComparer.Ordinal)]);
        return [.. known.Where(measure => given.Contains(measure) || given.Contains(Figure(measure))).Distinct()];
    }

    /// <summary>What the table calls a measure: money is in units there.</summary>
    private static string Figure(string measure) =>
        measure.EndsWith(MicrosEnding, StringComparison.Ordinal) ? measure[..^MicrosEnding.Length] : measure;

    private const string MicrosEnding = "_micros";

    private const string Brackets = "{}";

    /// <summary>For people money is in units and the cell in short; programs get every column as it is.</summary>
    private static string Select(List<string> conditions, long most, ResultFormat format)
    {
        var columns =
            format == ResultFormat.Table
                ? $"""
                    strftime(run_time AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S') AS "time (UTC)", model, kind, replace(trim(cell, '{Brackets}'), '"', '') AS cell,
                    regexp_replace(measure, '{MicrosEnding}$', '') AS figure, {Shown("before")} AS "from",
                    {Shown("after")} AS "to", reason AS why
                    """
                : "run_time, model, table_version, kind, campaign_id, local_date, CAST(cell AS JSON) AS cell, measure, before, after, reason";
        return $"""
            SELECT {columns}
            FROM {RestatementTable.Name} WHERE {string.Join(" AND ", conditions)}
            ORDER BY run_time DESC NULLS LAST, model, table_version DESC, restatements.cell, measure
            LIMIT {Number(most)}
            """;
    }

    // Exact: a decimal times a decimal stays one.
    private static string Shown(string value) =>
        $"CASE WHEN measure LIKE '%\\_micros' ESCAPE '\\' THEN CAST(TRY_CAST({value} AS DECIMAL(31, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS VARCHAR) ELSE {value} END";

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Micros(DateTimeOffset time) => Number(EpochMicros.Of(time));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
