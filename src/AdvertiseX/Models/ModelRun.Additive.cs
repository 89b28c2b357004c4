using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

internal sealed partial class ModelRun
{
    private IEnumerable<string> Sums =>
        Model.Columns.Select(column => column.Name).Where(name => !Model.Grain.Contains(name));

    /// <summary>
    /// Partial sums of the files that are new. Where files left the input (an erasure), or everything is asked for, the
    /// sums of those dates are computed anew; a sum's date is that of its events, so no other date has to change.
    /// </summary>
    private async Task<ModelChange> AddAsync(CancellationToken cancellation)
    {
        var input = _plan.Input(Model.Summed[0].Name);
        var all = _plan.Kind == ModelPlanKind.Full;
        var rebuilt = input.Removed.Select(file => file.EventDate).ToHashSet();
        var anew = await SumAsync(input.Files.Where(file => all || rebuilt.Contains(file.EventDate)), cancellation);
        var old = Old.Where(file => all || rebuilt.Contains(file.EventDate)).ToList();
        var change = await ReplaceAsync(anew, old, ComparableColumns(), cancellation);
        if (all)
            return change;
        var added = await SumAsync(input.Added.Where(file => !rebuilt.Contains(file.EventDate)), cancellation);
        return new ModelChange([.. change.Adds, .. await SealAsync(added, cancellation)], change.Removes);
    }

    /// <summary>
    /// Partial sums of the rows that came, less those of the rows that went: the model reads each of both by itself,
    /// with what it joins them with as it is and as it was (<c>docs/decisions/034-rows-that-come-and-go.md</c>).
    /// </summary>
    private async Task<ModelChange> AddAndTakeAwayAsync(CancellationToken cancellation)
    {
        var keys = await JoinedKeysAsync(cancellation);
        if (keys is not null && await AreManyAsync(keys, cancellation))
            return await RebuildAsync(cancellation);
        var changes = new List<ChangedRows>();
        foreach (var summed in Model.Summed)
            changes.Add(await SummedAsync(summed, keys, cancellation));
        var columns = _catalog.ColumnsOf(Model.Name);
        var came = new ParquetSet(
            "came",
            columns,
            await SumsOfAsync("came", [.. changes.Select(each => each.Came)], null, cancellation)
        );
        var went = new ParquetSet(
            "went",
            columns,
            await SumsOfAsync("went", [.. changes.Select(each => each.Went)], JoinedBefore(), cancellation)
        );
        // A sum that is beyond 64 bits cannot be taken off another.
        if (await IsBeyondAsync(came, cancellation) || await IsBeyondAsync(went, cancellation))
            return await RebuildAsync(cancellation);
        var (grain, sums) = (string.Join(", ", Model.Grain), Sums.ToList());
        var select = $"""
            select {string.Join(
                ", ",
                Model.Columns.Select(column =>
                    sums.Contains(column.Name)
                        ? $"{MoneySums.Stored(Model, column, $"sum({column.Name})", _engine.Dialect)} as {column.Name}"
                        : column.Name
                )
            )}
            from (
            select {ColumnNames} from came
            union all
            select {string.Join(
                ", ",
                Model.Columns.Select(column => sums.Contains(column.Name) ? $"-{column.Name}" : column.Name)
            )} from went
            ) as signed
            group by {grain}
            having {AnySum()}
            """;
        var files = await WriteAsync(select, [came, went], cancellation);
        await CheckAsync(files, cancellation);
        return new ModelChange(await SealAsync(files, cancellation), []);
    }

    private async Task<bool> IsBeyondAsync(ParquetSet rows, CancellationToken cancellation)
    {
        if (rows.Files.Count == 0 || MoneySums.AnyBeyond(Model, rows.Name) is not { } select)
            return false;
        using var result = await ReadAsync(select, [rows], cancellation);
        return result.Read();
    }

    private async Task<IReadOnlyList<string>> SumsOfAsync(
        string name,
        IReadOnlyList<ParquetSet> summed,
        ParquetSet? joined,
        CancellationToken cancellation
    )
    {
        if (summed.All(set => set.Files.Count == 0))
            return [];
        List<ParquetSet> given = joined is null ? [.. summed] : [.. summed, joined];
        var names = given.Select(set => set.Name).ToHashSet(StringComparer.Ordinal);
        var sets = InputSets(_ => null).Where(set => !names.Contains(set.Name)).Concat(given);
        return await ScratchAsync(name, SelectOf(Model), await WithTemporariesAsync(sets, cancellation), cancellation);
    }

    /// <summary>Of a group of partial sums, that something is left.</summary>
    private string AnySum() => string.Join(" or ", Sums.Select(sum => $"coalesce(sum({sum}), 0) <> 0"));

    private async Task<IReadOnlyList<StagedFile>> SumAsync(IEnumerable<LakeFile> files, CancellationToken cancellation)
    {
        var written = new List<StagedFile>();
        foreach (var together in Portions(files))
        {
            var portion = await WriteAsync(
                SelectOf(Model),
                await PortionSetsAsync(together, cancellation),
                cancellation
            );
            await CheckAsync(portion, cancellation);
            written.AddRange(portion);
        }

        return written;
    }

    /// <summary>Everything that the SELECT reads, with some files of the input that is summed.</summary>
    private Task<IReadOnlyList<ParquetSet>> PortionSetsAsync(
        IReadOnlyList<LakeFile> summed,
        CancellationToken cancellation
    )
    {
        var table = Model.Summed[0].Name;
        var others = InputSets(_ => null).Where(set => set.Name != table);
        return WithTemporariesAsync(
            others.Append(Set(table, table, summed.Select(file => file.Address))),
            cancellation
        );
    }

    // In the order of dates, so that a portion has few of them: its groups, and the files it writes, stay few.
    private IEnumerable<IReadOnlyList<LakeFile>> Portions(IEnumerable<LakeFile> files) =>
        LakeFile.Portions(
            files.OrderBy(file => file.EventDate).ThenBy(file => file.Path, StringComparer.Ordinal),
            _options.AdditiveRowsAtOnce
        );
}
