using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>The SELECT that makes the rows of one <see cref="Restatement"/>, with the columns of
/// <see cref="RestatementTable"/>.</summary>
internal static class RestatementSql
{
    private const string LocalDate = "local_date";

    /// <summary>The statement, and the sets that it reads.</summary>
    public static (string Select, IReadOnlyList<ParquetSet> Sets) Of(
        Model model,
        Restatement restatement,
        ClosedDays days,
        SqlDialect dialect
    )
    {
        if (restatement.Kind != RestatementKind.Cells)
        {
            var row = Row(
                dialect,
                model,
                restatement,
                $"'{restatement.Kind.ToString().ToLowerInvariant()}'",
                dialect.Text(restatement.Reason),
                null,
                null,
                "null",
                "null",
                "null",
                "null"
            );
            return (row, []);
        }

        ParquetSet[] sets =
        [
            Set("figures_before", restatement.Columns, restatement.Before),
            Set("figures_after", restatement.Columns, restatement.After),
            Set("figures_published", restatement.Columns, restatement.Published),
            .. days.Sets,
        ];
        return (Cells(model, restatement, days, dialect), sets);
    }

    private static string Cells(Model model, Restatement restatement, ClosedDays days, SqlDialect dialect)
    {
        var all = string.Join(", ", restatement.Columns.Select(column => column.Name));
        var measures = restatement.Columns.Where(column => !model.Grain.Contains(column.Name)).ToList();
        var date = DateOf(model, restatement.Columns);
        var pairs = measures.Select(measure =>
            $"b.{measure.Name} as before_{measure.Name}, a.{measure.Name} as after_{measure.Name}"
        );
        var grain = model.Grain.Select(column => $"coalesce(b.{column}, a.{column}) as {column}");
        var joined = model.Grain.Select(column => $"b.{column} is not distinct from a.{column}");
        var campaign = model.Grain.Contains("campaign_id") ? "campaign_id" : null;
        return $"""
            with
            differing as {ModelRun.Differing(
                all,
                $"select {all} from figures_after",
                $"select {all} from figures_before"
            )},
            went as (select {all}, 1 as is_there from differing where side < 0),
            came as (select {all}, 1 as is_there from differing where side > 0),
            cells as (
              select
                {string.Join(", ", grain)},
                case when b.is_there is null then 'added_later' when a.is_there is null then 'removed' else 'changed' end as kind,
                {string.Join(",\n    ", pairs)}
              from went b
              full outer join came a on {string.Join(" and ", joined)}
            ),
            {Published(model, restatement, days, date)},
            figures as (
              select
                c.*,
                {ByAdjustment(restatement, measures)} as is_adjustment,
                m.measure,
                case m.measure {Cases(measures, measure => $"cast(before_{measure.Name} as string)")} end as before,
                case m.measure {Cases(measures, measure => $"cast(after_{measure.Name} as string)")} end as after,
                case m.measure {Cases(measures, Differs)} end as differs
              from published as c
              cross join (values {string.Join(", ", measures.Select(measure => $"('{measure.Name}')"))}) as m(measure)
            )
            {Row(
                dialect,
                model,
                restatement,
                "kind",
                $"case when is_adjustment then 'adjustment: ' else '' end || {dialect.Text(restatement.Reason)}",
                campaign,
                date,
                dialect.JsonObject(model.Grain),
                "measure",
                "before",
                "after"
            )}
            from figures
            where differs
            """;
    }

    /// <summary>Common table expression <c>published</c>: the cells of days that were over when the figures before were
    /// published, of new ones those on a date that had figures; all cells where the model has no dates.</summary>
    private static string Published(Model model, Restatement restatement, ClosedDays days, string? date)
    {
        if (date is null)
            return "published as (select * from cells)";
        var isKnown = $"(c.kind <> 'added_later' or c.{date} in (select {date} from figures_published))";
        if (restatement.PublishedMicros is not { } micros)
            return $"published as (select c.* from cells c where {isKnown})";
        // Dates under another name than local_date are of UTC.
        var isLocal = date == LocalDate && model.Grain.Contains("campaign_id");
        return $"""
            {days.Expressions(micros)},
            published as (
              select c.*
              from cells c
              {(isLocal ? "left join campaign_zones z on z.campaign_id = c.campaign_id" : "")}
              left join {ClosedDays.Name} d on d.time_zone = {(isLocal ? "coalesce(z.time_zone, 'UTC')" : "'UTC'")}
              where {isKnown} and (c.{date} is null or c.{date} < d.open_from)
            )
            """;
    }

    private static string Row(
        SqlDialect dialect,
        Model model,
        Restatement restatement,
        string kind,
        string reason,
        string? campaign,
        string? date,
        string cell,
        string measure,
        string before,
        string after
    ) =>
        $"""
            select
              cast({(
                restatement.TimeMicros is { } micros ? $"timestamp_micros({Number(micros)})" : "null"
            )} as {dialect.NameOf(SqlType.Timestamp)}) as run_time,
              cast({dialect.Text(model.Name)} as string) as model,
              cast({Number(restatement.Version)} as bigint) as table_version,
              cast({kind} as string) as kind,
              cast({reason} as string) as reason,
              cast({campaign ?? "null"} as string) as campaign_id,
              cast({date ?? "null"} as date) as local_date,
              cast({cell} as string) as cell,
              cast({measure} as string) as measure,
              cast({before} as string) as before,
              cast({after} as string) as after
            """;

    /// <summary>The column of the grain that says of which day a cell is.</summary>
    private static string? DateOf(Model model, IReadOnlyList<DeltaColumn> columns)
    {
        var dates = columns
            .Where(column => column.Type == DeltaType.Date && model.Grain.Contains(column.Name))
            .Select(column => column.Name)
            .ToList();
        return dates.Find(name => name == LocalDate) ?? dates.FirstOrDefault();
    }

    /// <summary>
    /// Whether adjustments changed a cell, as a condition on <c>cells</c>. Where conversions came, none went and
    /// nothing else changed, each that is not an adjustment is in a count of its cell: cells in which only revenue
    /// differs are those of adjustments. (docs/decisions/032)
    /// </summary>
    private static string ByAdjustment(Restatement restatement, IReadOnlyList<DeltaColumn> measures) =>
        restatement.IsOfNewConversions
            ? $"not ({string.Join(" or ", measures.Where(measure => !IsRevenue(measure)).Select(Differs).Append("false"))})"
            : "false";

    private static bool IsRevenue(DeltaColumn measure) =>
        measure.Name.Contains("revenue", StringComparison.Ordinal)
        || measure.Name.Contains("_adjustments", StringComparison.Ordinal);

    // In a cell that was not there a sum of nothing is no figure that changed, nor is a mark that it does not have.
    private static string Differs(DeltaColumn measure)
    {
        var (before, after) = ($"before_{measure.Name}", $"after_{measure.Name}");
        var shown = measure.Type switch
        {
            DeltaType.Long or DeltaType.Integer or DeltaType.Double => $"coalesce({before}, {after}, 0) <> 0",
            DeltaType.Boolean => $"coalesce({before}, {after}, false)",
            _ => $"coalesce({before}, {after}) is not null",
        };
        return $"case when kind = 'changed' then {before} is distinct from {after} else {shown} end";
    }

    private static string Cases(IEnumerable<DeltaColumn> measures, Func<DeltaColumn, string> value) =>
        string.Join(' ', measures.Select(measure => $"when '{measure.Name}' then {value(measure)}"));

    private static ParquetSet Set(string name, IReadOnlyList<DeltaColumn> columns, IReadOnlyList<LakeFile> files) =>
        new(
            name,
            [.. columns.Select(column => new ParquetColumn(column.Name, column.SqlType))],
            [.. files.Select(file => file.Address)]
        )
        {
            PartitionColumn = columns.Any(column => column.Name == LakeTable.PartitionColumn)
                ? LakeTable.PartitionColumn
                : null,
        };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
