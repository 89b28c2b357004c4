using System.Collections.Concurrent;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Models;

/// <summary>
/// The rows of tables that came and went between two versions, found once for all models that follow them, and other
/// rows that several models of a run need. Files that were rewritten hold mostly the rows that they held before, and
/// whoever reads those again pays for the table instead of the change. What is found lies in a folder of its own, gone
/// when it is disposed. Thread-safe.
/// </summary>
internal sealed class ChangeSets : IDisposable
{
    private const string Side = "side";

    private readonly IQueryEngine _engine;
    private readonly ModelCatalog _catalog;
    private readonly ScratchSpace _scratch;
    private readonly Memo<(string Table, long From, long To), ChangedRows> _found = new();
    private readonly ConcurrentDictionary<(string Table, long From, long To), bool> _differing = new();
    private readonly Memo<string, IReadOnlyList<string>> _shared = new();
    private readonly Func<IReadOnlyList<InputState>, CancellationToken, ValueTask<DoubledRows>> _doubled;

    /// <param name="engine">Compares rows.</param>
    /// <param name="catalog">Where the models are from.</param>
    /// <param name="options">Those of the run.</param>
    /// <param name="doubled">The rows of facts to leave out, for inputs at their versions.</param>
    public ChangeSets(
        IQueryEngine engine,
        ModelCatalog catalog,
        ModelRunnerOptions options,
        Func<IReadOnlyList<InputState>, CancellationToken, ValueTask<DoubledRows>> doubled
    )
    {
        (_engine, _catalog, _doubled) = (engine, catalog, doubled);
        _scratch = ScratchSpace.Create(options.ScratchDirectory, "changes");
    }

    /// <summary>Which columns of files hold nothing.</summary>
    public NullColumns NullColumns { get; } = new();

    /// <summary>The inputs with the rows that are to be left out of them.</summary>
    public async ValueTask<IReadOnlyList<InputState>> WithDoubledAsync(
        IReadOnlyList<InputState> inputs,
        CancellationToken cancellation
    )
    {
        if (!inputs.Any(input => DoubledRows.IsFact(input.Table)))
            return inputs;
        var rows = await _doubled(inputs, cancellation);
        return [.. inputs.Select(input => DoubledRows.IsFact(input.Table) ? input with { Doubled = rows } : input)];
    }

    /// <summary>What came and what went of an input since the version that was consumed; a row that did both is in
    /// neither.</summary>
    /// <exception cref="QueryException">The files could not be compared.</exception>
    public async Task<ChangedRows> OfAsync(InputState input, CancellationToken cancellation)
    {
        var columns = _catalog.ColumnsOf(input.Table);
        if (input.Removed.Count == 0)
            return new ChangedRows(Set("came", input, input.Added), new ParquetSet("went", columns, []));
        return await _found.GetAsync(
            (input.Table, input.Consumed, input.Version),
            () => CompareAsync(input, columns, cancellation)
        );
    }

    /// <summary>Files of rows that several models need on the way, written by the first that asks for them.</summary>
    /// <param name="rows">Says which rows they are: the same text, the same rows.</param>
    /// <param name="write">Writes them into a folder.</param>
    public Task<IReadOnlyList<string>> ShareAsync(string rows, Func<string, Task<IReadOnlyList<string>>> write) =>
        _shared.GetAsync(rows, () => write(_scratch.NewFolder("shared")));

    /// <summary>Whether an input was written anew without a change in the columns that a model depends on.</summary>
    public async ValueTask<bool> IsSameAsync(Model model, InputState input, CancellationToken cancellation)
    {
        if (input.IsUnknown || input.Added.Count == 0 || input.Removed.Count == 0)
            return false;
        if (
            _catalog.ColumnsRead(model, input.Table) is not { } columns
            || _differing.ContainsKey((input.Table, input.Consumed, input.Version))
        )
            return false;
        var changed = await OfAsync(input, cancellation);
        if (changed.IsEmpty)
            return true;
        var names = string.Join(", ", columns);
        var differing =
            $"select 1 from {ModelRun.Differing(names, $"select {names} from came", $"select {names} from went")} as differing limit 1";
        using var result = await _engine.ReadAsync(
            differing,
            input.Doubled.With([changed.Came, changed.Went]),
            cancellation
        );
        return !result.Read();
    }

    /// <summary>Notes what a run found on the way: the rows that its commit, version <paramref name="to"/>, added and
    /// took away.</summary>
    public void Note(string table, long from, long to, ChangedRows rows) => _found.Set((table, from, to), rows);

    /// <summary>Notes that a commit changed rows where nobody follows which: who reads the table need not
    /// ask.</summary>
    public void NoteDiffering(string table, long from, long to) => _differing[(table, from, to)] = true;

    /// <summary>
    /// Writes the rows in which two SELECTs differ, each once (rows of models have no twins), to files of their own.
    /// </summary>
    public async Task<ChangedRows> WriteAsync(
        IReadOnlyList<ParquetColumn> columns,
        string fresh,
        string old,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var names = string.Join(", ", columns.Select(column => column.Name));
        var select =
            $"select {names}, case when side > 0 then 'came' else 'went' end as {Side} from {ModelRun.Differing(names, fresh, old)} as differing";
        var output = new ParquetOutput(_scratch.NewFolder("changed"))
        {
            PartitionColumn = Side,
            IsScratch = true,
            IsVersion2 = true,
        };
        var files = await _engine.WriteAsync(_engine.Dialect.Translate(select), sets, output, cancellation);
        ParquetSet Of(string side) =>
            new(side, columns, [.. files.Where(file => file.PartitionValue == side).Select(file => file.Path)]);
        return new ChangedRows(Of("came"), Of("went"));
    }

    public void Dispose() => _scratch.Dispose();

    private Task<ChangedRows> CompareAsync(
        InputState input,
        IReadOnlyList<ParquetColumn> columns,
        CancellationToken cancellation
    )
    {
        var sets = input.Doubled.With([Set("added", input, input.Added), Set("removed", input, input.Removed)]);
        return WriteAsync(columns, "select * from added", "select * from removed", sets, cancellation);
    }

    private ParquetSet Set(string name, InputState input, IReadOnlyList<LakeFile> files) =>
        input.Doubled.Without(_catalog.Set(name, input.Table, files.Select(file => file.Address)), input.Table, files);
}
