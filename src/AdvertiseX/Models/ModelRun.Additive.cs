using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Models;

internal sealed partial class ModelRun
{
    /// <summary>
    /// Partial sums of the files that are new. Where files left the input (an erasure), or everything is asked for, the sums of
    /// those dates are computed anew; a sum's date is that of its events, so no other date has to change.
    /// </summary>
    private async Task<ModelChange> AddAsync(CancellationToken cancellation)
    {
        var input = _plan.Input(Model.Summed.Name);
        var all = _plan.Kind == ModelPlanKind.Full;
        var rebuilt = input.Removed.Select(file => file.EventDate).ToHashSet();
        var anew = await SumAsync(input.Files.Where(file => all || rebuilt.Contains(file.EventDate)), cancellation);
        var old = Old.Where(file => all || rebuilt.Contains(file.EventDate)).ToList();
        var change = await ReplaceAsync(anew, old, ComparableColumns(), cancellation);
        if (all) return change;
        var added = await SumAsync(input.Added.Where(file => !rebuilt.Contains(file.EventDate)), cancellation);
        return new ModelChange([.. change.Adds, .. await SealAsync(added, cancellation)], change.Removes);
    }

    private async Task<IReadOnlyList<StagedFile>> SumAsync(IEnumerable<LakeFile> files, CancellationToken cancellation)
    {
        var written = new List<StagedFile>();
        foreach (var together in Portions(files))
        {
            var portion = await WriteAsync(SelectOf(Model), await PortionSetsAsync(together, cancellation), cancellation);
            await CheckAsync(portion, cancellation);
            written.AddRange(portion);
        }

        return written;
    }

    /// <summary>Everything that the SELECT reads, with some files of the input that is summed.</summary>
    private Task<IReadOnlyList<ParquetSet>> PortionSetsAsync(IReadOnlyList<LakeFile> summed, CancellationToken cancellation)
    {
        var table = Model.Summed.Name;
        var others = InputSets(_ => null).Where(set => set.Name != table);
        return WithTemporariesAsync(others.Append(Set(table, table, summed.Select(file => file.Address))), cancellation);
    }

    // In the order of dates, so that a portion has few of them: its groups, and the files it writes, stay few.
    private IEnumerable<List<LakeFile>> Portions(IEnumerable<LakeFile> files)
    {
        var portion = new List<LakeFile>();
        var rows = 0L;
        foreach (var file in files.OrderBy(file => file.EventDate).ThenBy(file => file.Path, StringComparer.Ordinal))
        {
            if (rows > 0 && rows + file.Rows > _options.AdditiveRowsAtOnce)
            {
                yield return portion;
                (portion, rows) = ([], 0);
            }

            portion.Add(file);
            rows += file.Rows;
        }

        if (portion.Count > 0) yield return portion;
    }
}
