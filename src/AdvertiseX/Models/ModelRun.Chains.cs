using System.Numerics;
using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

internal sealed partial class ModelRun
{
    /// <summary>Inputs that have the key themselves.</summary>
    private IEnumerable<ModelInput> Linked => Model.Inputs.Where(input => input.Ties.Any(tie => tie.Through is null));

    private static readonly IReadOnlyList<ParquetColumn> KeyColumns = [new("row_key", SqlType.Int64)];

    /// <summary>
    /// Rows for each key above which a filter of the keys was measured to pay; DuckDB's guess of rows behind filters is
    /// too small by up to 25.
    /// </summary>
    private const int RowsOfFewKeys = 32;

    /// <summary>
    /// Finds the keys that may have rows, computes theirs anew, and rewrites the dates on which they come out different
    /// (<c>docs/decisions/027-chains.md</c>).
    /// </summary>
    private async Task<ModelChange> FollowChainsAsync(ModelChains chains, CancellationToken cancellation)
    {
        var isFull = _plan.Kind == ModelPlanKind.Full;
        var led = isFull ? null : await LedKeysAsync(cancellation);
        var due = await DueKeysAsync(chains, led, cancellation);
        var dates = led is null ? null : await DatesOfChainsAsync(chains, due, led, cancellation);
        var keys = await CountAsync(due, cancellation);
        var parts = PartsOf(keys, _options.KeysAtOnce);
        var isDue = AreFew(keys, dates) ? IsAmongFew(Model.RowKey!, "due") : IsAmong(Model.RowKey!, "due");
        var staged = new List<StagedFile>();
        var fresh = new List<string>();
        for (var part = 0; part < parts; part++)
        {
            var sets = DueSets(due with { Where = PartText("row_key", part, parts) }, dates, isDue);
            var all = await WithTemporariesAsync(Model, sets, cancellation);
            if (isFull)
                staged.AddRange(await WriteAsync(SelectOf(Model), all, cancellation));
            else
                fresh.AddRange(await ScratchAsync($"fresh{part}", SelectOf(Model), all, cancellation));
        }

        if (isFull)
        {
            await CheckAsync(staged, cancellation);
            return await ReplaceAsync(staged, Old, ComparableColumns(), cancellation);
        }

        var old = Old.Where(file => file.EventDate is { } date && dates!.Contains(date));
        return await MergeAsync(
            ScratchSet("fresh", _catalog.ColumnsOf(Model.Name), fresh),
            due,
            $"{Model.RowKey} in (select row_key from due)",
            [.. old],
            cancellation
        );
    }

    /// <summary>The rows of the keys that are due, of some dates or all; inputs without the key whole.</summary>
    private List<ParquetSet> DueSets(ParquetSet due, HashSet<DateOnly>? dates, string isDue)
    {
        var linked = Linked.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        var sets = InputSets(input => linked.Contains(input.Name) ? dates : null)
            .Select(set => linked.Contains(set.Name) ? set.And(isDue) : set);
        return [due, .. sets];
    }

    /// <summary>The keys are so few beside the rows to read that a filter of them in the scan pays, and no plan could
    /// take the rows for fewer.</summary>
    private bool AreFew(long keys, HashSet<DateOnly>? dates)
    {
        var rows = Linked.Min(input =>
            _plan.Input(input.Name).Files.Where(file => IsWithin(file.EventDate, dates)).Sum(file => file.Rows)
        );
        return keys <= rows / RowsOfFewKeys;
    }

    /// <summary>
    /// On a full run the keys that the screen lists and those that other inputs lead to; else those of changed rows of
    /// which the same holds (all of them if they are few), those that had rows, and those that a changed row of another
    /// input leads to.
    /// </summary>
    private async Task<ParquetSet> DueKeysAsync(ModelChains chains, ParquetSet? led, CancellationToken cancellation)
    {
        var files = led is null ? [] : led.Files.ToList();
        var isFull = led is null;
        List<(string Through, string Column, ParquetSet Ids)>? leads = null;
        foreach (var (dates, part, parts) in KeyPortions(isFull))
        {
            var changed = isFull ? null : await ChangedKeysAsync(dates, part, parts, cancellation);
            // Few keys cost less to compute than to screen.
            if (changed is not null && await CountAsync(changed, cancellation) <= _options.KeysAtOnce)
            {
                files.AddRange(changed.Files);
                continue;
            }

            files.AddRange(await ScreenAsync(chains, dates, part, parts, changed, cancellation));
            leads ??= await LeadsAsync(cancellation);
            foreach (var (through, column, ids) in leads)
                files.AddRange(
                    await KeysOfAsync(through, column, ids, dates, PartText(Model.RowKey!, part, parts), cancellation)
                );
            if (changed is null)
                continue;
            ParquetSet[] sets = [changed, OwnSet("old", Old.Select(file => _table.AddressOf(file.Path)))];
            var select =
                $"select distinct {Model.RowKey} as row_key from old where {Model.RowKey} in (select row_key from changed)";
            files.AddRange(await ScratchAsync("had", select, sets, cancellation));
        }

        var found = ScratchSet("found", KeyColumns, files);
        var due = await ScratchAsync("due", "select distinct row_key from found", [found], cancellation);
        return ScratchSet("due", KeyColumns, due);
    }

    private async Task<IReadOnlyList<string>> ScreenAsync(
        ModelChains chains,
        HashSet<DateOnly> dates,
        int part,
        int parts,
        ParquetSet? changed,
        CancellationToken cancellation
    )
    {
        var around = dates.SelectMany(date => (DateOnly[])[date.AddDays(-1), date, date.AddDays(1)]).ToHashSet();
        var conditions = new[]
        {
            WindowText(dates, chains.Reach * 2),
            PartText(Model.RowKey!, part, parts),
            changed is null ? null : IsAmong(Model.RowKey!, "changed"),
        };
        var where = string.Join(" and ", conditions.OfType<string>());
        var linked = Linked.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        var sets = InputSets(input => linked.Contains(input.Name) ? around : null)
            .Select(set => linked.Contains(set.Name) ? set.And(where) : set);
        var screen = _catalog.Staging(chains.Screen);
        var all = await WithTemporariesAsync(screen, changed is null ? sets : sets.Prepend(changed), cancellation);
        return await ScratchAsync(
            "screen",
            $"select {Model.RowKey} as row_key from (\n{SelectOf(screen)}\n) as screened",
            all,
            cancellation
        );
    }

    private async Task<ParquetSet> ChangedKeysAsync(
        HashSet<DateOnly> dates,
        int part,
        int parts,
        CancellationToken cancellation
    )
    {
        var where = string.Join(
            " and ",
            new[] { $"{Model.RowKey} is not null", PartText(Model.RowKey!, part, parts) }.OfType<string>()
        );
        var (sets, selects) = (new List<ParquetSet>(), new List<string>());
        foreach (var state in Linked.Select(input => _plan.Input(input.Name)).Where(state => state.HasChanges))
        {
            sets.Add(
                Set(
                    $"added_{state.Table}",
                    state.Table,
                    state.Added.Where(file => IsWithin(file.EventDate, dates)).Select(file => file.Address)
                )
            );
            sets.Add(
                Set(
                    $"removed_{state.Table}",
                    state.Table,
                    state.Removed.Where(file => IsWithin(file.EventDate, dates)).Select(file => file.Address)
                )
            );
            selects.Add($"select {Model.RowKey} as row_key from {Changed(state.Table, Model.RowKey!, where)} as c");
        }

        var files =
            selects.Count == 0
                ? []
                : await ScratchAsync("changed", string.Join("\nunion\n", selects), sets, cancellation);
        return ScratchSet("changed", KeyColumns, files);
    }

    /// <summary>
    /// The dates on which the keys that are due may have rows that change: those of changed rows, and, as long as
    /// events of the keys lie within reach of midnight, the ones beside them.
    /// </summary>
    private async Task<HashSet<DateOnly>> DatesOfChainsAsync(
        ModelChains chains,
        ParquetSet due,
        ParquetSet led,
        CancellationToken cancellation
    )
    {
        var states = Linked.Select(input => _plan.Input(input.Name)).ToList();
        var known = states
            .SelectMany(state => state.Files.Concat(state.Removed))
            .Select(file => file.EventDate)
            .OfType<DateOnly>()
            .Concat(Old.Select(file => file.EventDate).OfType<DateOnly>())
            .ToHashSet();
        var dates = states
            .SelectMany(state => state.Added.Concat(state.Removed))
            .Select(file => file.EventDate)
            .OfType<DateOnly>()
            .ToHashSet();
        dates.UnionWith(await DatesOfAsync(led, cancellation));
        var open = dates.ToHashSet();
        while (open.Count > 0)
        {
            var edges = open.Where(date =>
                    (known.Contains(date.AddDays(-1)) && !dates.Contains(date.AddDays(-1)))
                    || (known.Contains(date.AddDays(1)) && !dates.Contains(date.AddDays(1)))
                )
                .ToHashSet();
            var beside = new HashSet<DateOnly>();
            foreach (
                var date in edges.Count == 0
                    ? []
                    : await DatesWithKeysAsync(states, edges, due, chains.Reach, cancellation)
            )
                beside.UnionWith(((DateOnly[])[date.AddDays(-1), date.AddDays(1)]).Where(known.Contains));
            open = [.. beside.Except(dates)];
            dates.UnionWith(open);
        }

        return dates;
    }

    /// <summary>Of some dates those with rows, also removed ones, of keys that are due and within reach of
    /// midnight.</summary>
    private async Task<List<DateOnly>> DatesWithKeysAsync(
        List<InputState> states,
        HashSet<DateOnly> among,
        ParquetSet due,
        TimeSpan reach,
        CancellationToken cancellation
    )
    {
        var (sets, selects) = (new List<ParquetSet> { due }, new List<string>());
        var near =
            $"(unix_micros(event_time) % 86400000000 <= {Micros(reach)} or unix_micros(event_time) % 86400000000 >= {86_400_000_000 - Micros(reach)})";
        foreach (var state in states)
        {
            var files = state
                .Files.Concat(state.Removed)
                .Where(file => file.EventDate is { } date && among.Contains(date));
            sets.Add(
                Set(state.Table, state.Table, files.Select(file => file.Address).Distinct(StringComparer.Ordinal))
            );
            selects.Add($"select event_date from {state.Table} where {IsAmong(Model.RowKey!, "due")} and {near}");
        }

        var dates = new List<DateOnly>();
        using var result = await ReadAsync(string.Join("\nunion\n", selects), sets, cancellation);
        while (result.Read())
            dates.Add(result.GetDate(0));
        return dates;
    }

    /// <summary>Dates together until they hold as many rows as are read at once; a larger one in parts by the
    /// key.</summary>
    private IEnumerable<(HashSet<DateOnly> Dates, int Part, int Parts)> KeyPortions(bool isFull)
    {
        var files = Linked
            .Select(input => _plan.Input(input.Name))
            .SelectMany(state => isFull ? state.Files : state.Added.Concat(state.Removed));
        var (together, rows) = (new HashSet<DateOnly>(), 0L);
        foreach (
            var day in files
                .Where(file => file.EventDate is not null)
                .GroupBy(file => file.EventDate!.Value)
                .OrderBy(day => day.Key)
        )
        {
            var count = day.Sum(file => file.Rows);
            if (rows > 0 && rows + count > _options.ScreenedRowsAtOnce)
            {
                foreach (var portion in Divided(together, rows))
                    yield return portion;
                (together, rows) = ([], 0);
            }

            together.Add(day.Key);
            rows += count;
        }

        foreach (var portion in together.Count == 0 ? [] : Divided(together, rows))
            yield return portion;
    }

    private IEnumerable<(HashSet<DateOnly> Dates, int Part, int Parts)> Divided(HashSet<DateOnly> dates, long rows)
    {
        var parts = PartsOf(rows, _options.ScreenedRowsAtOnce);
        return Enumerable.Range(0, parts).Select(part => (dates, part, parts));
    }

    private static int PartsOf(long rows, long atOnce) =>
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp((rows + atOnce - 1) / atOnce, 1, 1 << 16));

    private static string? PartText(string key, int part, int parts) =>
        parts == 1 ? null : $"({key} & {parts - 1}) = {part}";

    /// <summary>Events of some dates, and of so much before and after each run of dates.</summary>
    private string WindowText(HashSet<DateOnly> dates, TimeSpan around)
    {
        var spans = dates
            .Where(date => !dates.Contains(date.AddDays(-1)))
            .Select(first =>
            {
                var end = first;
                while (dates.Contains(end))
                    end = end.AddDays(1);
                return $"(event_time >= timestamp_micros({MicrosOf(first) - Micros(around)}) and event_time < timestamp_micros({MicrosOf(end) + Micros(around)}))";
            });
        return _engine.Dialect.Translate($"({string.Join(" or ", spans)})");
    }

    /// <summary>
    /// That a key is one of a set's, for reading many rows past few keys. A plain IN would let the engine put the rows
    /// into its hash table, with all their columns, where it takes them for the fewer ones; as a part of an expression
    /// it is a look-up.
    /// </summary>
    private static string IsAmong(string key, string set) => $"coalesce({key} in (select row_key from {set}), false)";

    /// <summary>
    /// The same for keys so few that a filter of them in the scan pays
    /// (<c>docs/decisions/038-keys-of-named-events.md</c>): the condition on the keys always holds, and makes DuckDB
    /// give it one.
    /// </summary>
    private static string IsAmongFew(string key, string set) =>
        $"{key} in (select row_key from {set} where row_key % 2 < 2)";

    private async Task<long> CountAsync(ParquetSet set, CancellationToken cancellation)
    {
        using var result = await ReadAsync($"select count(*) from {set.Name}", [set], cancellation);
        return result.Read() ? result.GetInt64(0) : 0;
    }

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static long MicrosOf(DateOnly date) => Micros(date.ToDateTime(TimeOnly.MinValue) - DateTime.UnixEpoch);
}
