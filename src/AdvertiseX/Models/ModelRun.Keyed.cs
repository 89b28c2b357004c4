using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

internal sealed partial class ModelRun
{
    private static readonly IReadOnlyList<ParquetColumn> DueColumns =
    [
        new("row_key", SqlType.Int64),
        new("event_date", SqlType.Date),
    ];

    /// <summary>
    /// Finds the rows that the changes touch, computes those anew, and rewrites the dates on which they come out
    /// different (<c>docs/decisions/020-keyed-refresh.md</c>).
    /// </summary>
    private async Task<ModelChange> RecomputeAsync(CancellationToken cancellation)
    {
        var windows = await LongestWindowsAsync(cancellation);
        var reach = windows.Count == 0 ? TimeSpan.Zero : windows.Values.Max();
        var select = Model.Rows is null ? DueGroupsSelect() : DueSelect(windows, reach);
        var due = ScratchSet(
            "due",
            DueColumns,
            await ScratchAsync("due", select, await DueSetsAsync(cancellation), cancellation)
        );
        var around = due;
        if (Model.Rows is { LookBack: not null } rows)
            (due, around) = await FollowAsync(rows, due, cancellation);
        else if (Model.Rows is { } tied && tied.Ties.Any(tie => !tie.InTime))
            due = around = await JoinTiedAsync(tied, due, cancellation);
        var dates = IsByDate ? await DatesOfAsync(around, cancellation) : null;
        if (dates is { Count: 0 })
            return ModelChange.None;

        List<AddFile> old = [.. Old.Where(file => IsWithin(file.EventDate, dates))];
        var sets = InputSets(input => dates is null ? null : DatesOf(input, dates, reach)).Append(due).ToList();
        if (Model.Rows is not null)
            sets.Add(await DueRowsAsync(around, dates!, cancellation));
        else
            sets.AddRange([.. await GrowthSetsAsync(old, cancellation), .. await WorkedOutAsync(sets, cancellation)]);
        var files = await ScratchAsync(
            "fresh",
            $"select {ColumnNames} from (\n{SelectOf(Model)}\n) as computed where {IsDue("computed")}",
            await WithTemporariesAsync(sets, cancellation),
            cancellation
        );
        var fresh = ScratchSet("fresh", _catalog.ColumnsOf(Model.Name), files);
        return await MergeAsync(fresh, due, IsDue("old"), old, cancellation);
    }

    /// <summary>
    /// Where a model's rows are tied to those before them, the rows within the look-back after one that is due are due
    /// as well, and those before it have to be seen.
    /// </summary>
    private async Task<(ParquetSet Due, ParquetSet Around)> FollowAsync(
        ModelInput rows,
        ParquetSet touched,
        CancellationToken cancellation
    )
    {
        var micros = rows.LookBack!.Value.Ticks / TimeSpan.TicksPerMicrosecond;
        List<ParquetSet> sets =
        [
            Set(rows.Name, rows.Name, _plan.Input(rows.Name).Files.Select(file => file.Address)),
            touched,
        ];
        string Within(long before, ModelTie tie)
        {
            var (key, also) = (tie.RowColumn, tie.Also is null ? "null" : "c." + tie.Also);
            var isTied = tie.Also is null ? "" : $" and coalesce(spans.also_key = r.{tie.Also}, true)";
            return $"""
                select row_key, event_date from due
                union
                select r.event_key as row_key, r.event_date from {rows.Name} r join (
                  select c.{key} as tie_key, {also} as also_key, min(unix_micros(c.event_time)) - {before} as from_micros, max(unix_micros(c.event_time)) + {micros} as to_micros
                  from {rows.Name} c
                  join due d on d.row_key = c.event_key and d.event_date = c.event_date
                  where c.{key} is not null
                  group by 1, 2
                ) as spans on spans.tie_key = r.{key}{isTied}
                where unix_micros(r.event_time) between spans.from_micros and spans.to_micros
                """;
        }

        async Task<IReadOnlyList<string>> WriteAsync(string name, long before) =>
            await ScratchAsync(
                name,
                string.Join("\nunion\n", rows.Ties.Where(tie => tie.InTime).Select(tie => Within(before, tie))),
                sets,
                cancellation
            );
        return (
            ScratchSet("due", DueColumns, await WriteAsync("following", 0)),
            ScratchSet("around", DueColumns, await WriteAsync("around", micros))
        );
    }

    /// <summary>
    /// Where a model's rows are tied to one another by an id, the rows of one id are due together: what an input says
    /// of one may change what the others come to.
    /// </summary>
    private async Task<ParquetSet> JoinTiedAsync(ModelInput rows, ParquetSet due, CancellationToken cancellation)
    {
        List<ParquetSet> sets =
        [
            Set(rows.Name, rows.Name, _plan.Input(rows.Name).Files.Select(file => file.Address)),
            due,
        ];
        string Tied(ModelTie tie) =>
            $"""
                select r.event_key as row_key, r.event_date from {rows.Name} r where r.{tie.RowColumn} in (
                  select c.{tie.InputColumn} from {rows.Name} c
                  join due d on d.row_key = c.event_key and d.event_date = c.event_date
                  where c.{tie.InputColumn} is not null)
                """;
        var select =
            "select row_key, event_date from due\nunion\n"
            + string.Join("\nunion\n", rows.Ties.Where(tie => !tie.InTime).Select(Tied));
        return ScratchSet("due", DueColumns, await ScratchAsync("tied", select, sets, cancellation));
    }

    /// <summary>The rows that are due, or have to be seen for those, in files of their own: the model sees their
    /// number.</summary>
    private async Task<ParquetSet> DueRowsAsync(
        ParquetSet around,
        HashSet<DateOnly> dates,
        CancellationToken cancellation
    )
    {
        var rows = Model.Rows!.Name;
        var columns = _catalog.ColumnsOf(rows);
        var files = _plan.Input(rows).Files.Where(file => file.EventDate is { } date && dates.Contains(date));
        var names = string.Join(", ", columns.Select(column => column.Name));
        var select = $"select {names} from {rows} where event_key in (select row_key from {around.Name})";
        var name = Model.DuePrefix + rows;
        return new ParquetSet(
            name,
            columns,
            await ScratchAsync(
                name,
                select,
                [Set(rows, rows, files.Select(file => file.Address)), around],
                cancellation
            )
        );
    }

    /// <summary>Of a model that is computed group by group, its tied inputs cut down to the groups that are due, as
    /// named queries.</summary>
    private IEnumerable<string> DueGroups(Model model)
    {
        if (Model.Rows is not null)
            yield break;
        foreach (var name in DueOf(model).Select(input => input.Name).Where(name => !_workedOut.Contains(name)))
        {
            var table = Model.TableBehind(name);
            var columns = string.Join(", ", _catalog.ColumnsOf(table).Select(column => column.Name));
            var where = _plan.Kind == ModelPlanKind.Full ? "" : $" where {IsDue(table)}";
            yield return $"{name} as (select {columns} from {table}{where})";
        }
    }

    private static IEnumerable<ModelInput> DueOf(Model model) =>
        model.Inputs.Where(input => input.Name.StartsWith(Model.DuePrefix, StringComparison.Ordinal));

    /// <summary>Rows of the groups that are due which several SELECTs read, each few columns of them: looked for once
    /// among all rows.</summary>
    private async Task<List<ParquetSet>> WorkedOutAsync(IReadOnlyList<ParquetSet> sets, CancellationToken cancellation)
    {
        var several = _catalog
            .StagingOf(Model, ModelRefresh.Temporary)
            .Append(Model)
            .SelectMany(DueOf)
            .GroupBy(input => input.Name)
            .Where(reads => reads.Count() > 1 && reads.All(input => input.Columns is not null));
        var made = new List<ParquetSet>();
        foreach (var reads in several)
        {
            var table = Model.TableBehind(reads.Key);
            var names = reads.SelectMany(input => input.Columns!).ToHashSet(StringComparer.Ordinal);
            List<ParquetColumn> columns = [.. _catalog.ColumnsOf(table).Where(column => names.Contains(column.Name))];
            var select =
                $"select {string.Join(", ", columns.Select(column => column.Name))} from {table} where {IsDue(table)}";
            made.Add(ScratchSet(reads.Key, columns, await ScratchAsync(reads.Key, select, sets, cancellation)));
            _workedOut.Add(reads.Key);
        }

        return made;
    }

    /// <summary>Inputs of a model that is computed group by group which tell what came, and what it has of groups from
    /// which nothing went.</summary>
    private IEnumerable<(string Name, string Table)> Growth =>
        Model
            .Inputs.Where(input =>
                Model.IsOfRun(input.Name) && !input.Name.StartsWith(Model.DuePrefix, StringComparison.Ordinal)
            )
            .Select(input => (input.Name, Model.TableBehind(input.Name)));

    private async Task<List<ParquetSet>> GrowthSetsAsync(IReadOnlyList<AddFile> old, CancellationToken cancellation)
    {
        var sets = new List<ParquetSet>();
        foreach (var (name, table) in Growth)
        {
            if (table != Model.Name)
                sets.Add((await _changes.OfAsync(_plan.Input(table), cancellation)).Came with { Name = name });
            else if (await HasLossesAsync(cancellation))
                sets.Add(new ParquetSet(name, _catalog.ColumnsOf(table), []));
            else
                sets.Add(
                    OwnSet(name, old.Select(file => _table.AddressOf(file.Path))) with
                    {
                        Where = _engine.Dialect.Translate(IsAmong(GroupKey(), "due")),
                    }
                );
        }

        return sets;
    }

    private async Task<bool> HasLossesAsync(CancellationToken cancellation)
    {
        foreach (var input in Model.Inputs.Where(input => input.Ties.Count > 0))
        {
            if ((await _changes.OfAsync(_plan.Input(input.Name), cancellation)).Went.Files.Count > 0)
                return true;
        }

        return false;
    }

    private bool IsByDate => Model.Rows is not null || Model.GroupSpan != ModelGroupSpan.Always;

    private string IsDue(string table) =>
        Model.Rows is null
            ? IsAmong(GroupKey(table + "."), "due")
            : $"exists (select 1 from due where due.row_key = {table}.{Model.RowKey} and due.event_date = {table}.event_date)";

    /// <summary>
    /// What tells groups apart: the key, or a hash of it and the span. Two groups of one hash are computed together,
    /// which changes nothing.
    /// </summary>
    private string GroupKey(string of = "")
    {
        var key = of + Model.RowKey;
        return Model.GroupSpan switch
        {
            ModelGroupSpan.Date => $"case when {key} is not null then key_hash({key}, {of}event_date) end",
            ModelGroupSpan.Minute =>
                $"case when {key} is not null then key_hash({key}, unix_micros({of}event_time) div 60000000) end",
            _ => key,
        };
    }

    /// <summary>Groups of which a row of an input changed.</summary>
    private string DueGroupsSelect() =>
        "select distinct row_key, event_date from (\n"
        + string.Join(
            "\nunion all\n",
            Model
                .Inputs.Where(input => input.Ties.Count > 0 && _plan.Input(input.Name).HasChanges)
                .Select(input =>
                    $"select {GroupKey()} as row_key, {(IsByDate ? "event_date" : "cast(null as date)")} as event_date "
                    + $"from {Changed(input.Name, GroupColumns, $"{Model.RowKey} is not null")} as c"
                )
        )
        + "\n) as groups_due";

    private string GroupColumns =>
        Model.GroupSpan switch
        {
            ModelGroupSpan.Date => $"{Model.RowKey}, event_date",
            ModelGroupSpan.Minute => $"{Model.RowKey}, event_date, event_time",
            _ => Model.RowKey!,
        };

    /// <summary>Keys and dates of rows that changed themselves, or are tied to a row that did.</summary>
    private string DueSelect(Dictionary<string, TimeSpan> windows, TimeSpan reach)
    {
        var rows = Model.Rows!;
        var parts = new List<string>();
        if (_plan.Input(rows.Name).HasChanges)
            parts.Add(
                $"select event_key as row_key, event_date from {Changed(rows.Name, "event_key, event_date", null)} as c"
            );
        foreach (var input in Model.Inputs.Where(input => input.Ties.Count > 0 && _plan.Input(input.Name).HasChanges))
            parts.AddRange(input.Ties.Select(tie => TiedSelect(input, tie, WindowOf(input, tie, windows, reach))));
        return string.Join("\nunion\n", parts);
    }

    private TimeSpan WindowOf(ModelInput input, ModelTie tie, Dictionary<string, TimeSpan> windows, TimeSpan reach)
    {
        if (tie.Window is { } window)
            return windows.TryGetValue(window.Column, out var longest) && longest > window.Least
                ? longest
                : window.Least;
        return input.LookBack is { } lookBack && (lookBack > reach || input == Model.Rows) ? lookBack : reach;
    }

    private string TiedSelect(ModelInput input, ModelTie tie, TimeSpan window)
    {
        var rows = Model.Rows!.Name;
        var known = $"{tie.InputColumn} in (select {tie.RowColumn} from {rows} where {tie.RowColumn} is not null)";
        if (!tie.InTime)
        {
            return $"select r.event_key as row_key, r.event_date from {rows} r where r.{tie.RowColumn} in "
                + $"(select {tie.InputColumn} from {Changed(input.Name, tie.InputColumn, known)} as c)";
        }

        var (columns, also) = ($"{tie.InputColumn}, event_time", tie.Also ?? "null");
        if (tie.Also is not null)
            columns += $", {tie.Also}";
        // One order over rows and changes instead of a join of each with all: linear also for a user who never stops.
        // Of a user without changes no row gets further than the first condition.
        return $"""
            select row_key, event_date from (
              select row_key, event_date, micros, {LatestChange(tie)} as changed_micros
              from (
                select r.{tie.RowColumn} as tie_key, {(
                tie.Also is null ? "null" : "r." + tie.Also
            )} as also_key, unix_micros(r.event_time) as micros, r.event_key as row_key, r.event_date
                from {rows} r
                where r.{tie.RowColumn} in (
                  select {tie.InputColumn}
                  from {Changed(input.Name, tie.InputColumn, known)} as c
                )
                union all
                select {tie.InputColumn}, {also}, unix_micros(event_time), null, null
                from {Changed(input.Name, columns, known)} as c
              ) as both_kinds
            ) as in_order
            where row_key is not null and micros - changed_micros <= {Micros(window)}
            """;
    }

    /// <summary>The last change before a row that it is tied to: one of its second column's value, or one that has
    /// none, or any where it has none itself.</summary>
    private static string LatestChange(ModelTie tie)
    {
        static string Latest(string which, string partition) =>
            $"max(case when row_key is null{which} then micros end) over (partition by {partition} order by micros, case when row_key is null then 0 else 1 end "
            + "rows between unbounded preceding and current row)";
        if (tie.Also is null)
            return Latest("", "tie_key");
        return $"greatest({Latest("", "tie_key, also_key")}, {Latest(" and also_key is null", "tie_key")}, case when also_key is null then {Latest("", "tie_key")} end)";
    }

    /// <summary>Rows of an input that came, went or became different, as a table expression over its
    /// <see cref="ChangedSetsAsync"/>.</summary>
    private string Changed(string table, string columns, string? where)
    {
        var filter = where is null ? "" : $" where {where}";
        var added = $"select {columns} from added_{table}{filter}";
        if (_plan.Input(table).Removed.Count == 0)
            return $"({added})";
        if (_catalog.ColumnsRead(Model, table) is not { } read)
            return $"({added} union all select {columns} from removed_{table}{filter})";
        // What the model reads of a row tells which are others.
        var all = string.Join(", ", read.Union(columns.Split(", ")));
        return $"(select {columns} from {Differing(all, $"select {all} from added_{table}", $"select {all} from removed_{table}")} as differing{filter})";
    }

    /// <summary>The rows of an input that came, as <c>added_…</c>, and those that went, as <c>removed_…</c>.</summary>
    private async Task<ParquetSet[]> ChangedSetsAsync(string table, CancellationToken cancellation)
    {
        var changed = await _changes.OfAsync(_plan.Input(table), cancellation);
        return [changed.Came with { Name = $"added_{table}" }, changed.Went with { Name = $"removed_{table}" }];
    }

    private async Task<List<ParquetSet>> DueSetsAsync(CancellationToken cancellation)
    {
        var sets = new List<ParquetSet>();
        if (Model.Rows is { } rows)
            sets.Add(Set(rows.Name, rows.Name, _plan.Input(rows.Name).Files.Select(file => file.Address)));
        foreach (var input in Model.Inputs.Where(input => input.Ties.Count > 0 || input == Model.Rows))
            sets.AddRange(await ChangedSetsAsync(input.Name, cancellation));
        return sets;
    }

    private async Task<HashSet<DateOnly>> DatesOfAsync(ParquetSet due, CancellationToken cancellation)
    {
        var dates = new HashSet<DateOnly>();
        using var result = await ReadAsync($"select distinct event_date from {due.Name}", [due], cancellation);
        while (result.Read())
            dates.Add(result.GetDate(0));
        return dates;
    }

    /// <summary>The dates of an input that matter for rows of some dates; null for all.</summary>
    private HashSet<DateOnly>? DatesOf(ModelInput input, HashSet<DateOnly> dates, TimeSpan reach)
    {
        if (Model.Rows is null)
            return input.Ties.Count > 0 ? dates : null;
        if (input.LookBack is not { } lookBack)
            return null;
        var days = (int)Math.Ceiling((lookBack > reach ? lookBack : reach).TotalDays);
        return [.. dates.SelectMany(date => Enumerable.Range(0, days + 1).Select(day => date.AddDays(-day)))];
    }

    /// <summary>The longest of each window that campaigns have: one can reach further back than the header
    /// says.</summary>
    private async Task<Dictionary<string, TimeSpan>> LongestWindowsAsync(CancellationToken cancellation)
    {
        var longest = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        if (_plan.Inputs.FirstOrDefault(input => input.Table == "campaigns") is not { } input)
            return longest;
        string[] columns = ["click_window_micros", "conversion_click_window_micros", "view_window_micros"];
        using var result = await ReadAsync(
            $"select {string.Join(", ", columns.Select(column => $"max({column})"))} from campaigns",
            [Set("campaigns", "campaigns", input.Files.Select(file => file.Address))],
            cancellation
        );
        if (!result.Read())
            return longest;
        for (var i = 0; i < columns.Length; i++)
            if (!result.IsNull(i))
                longest[columns[i]] = TimeSpan.FromMicroseconds(result.GetInt64(i));
        return longest;
    }
}
