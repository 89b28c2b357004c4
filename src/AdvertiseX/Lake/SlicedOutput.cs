using AdvertiseX.Columns;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Lake;

/// <summary>
/// New files of a table and date, of which those without rows are not made. Windows of rows come in the order of
/// campaign and time, each column by column. Disposing drops what was not completed. For one thread at a time.
/// </summary>
internal sealed class SlicedOutput : IAsyncDisposable
{
    // A disk takes many flushes in the time of one.
    private const int CompletedAtOnce = 8;

    private readonly IObjectStore _store;
    private readonly TableSchema _schema;
    private readonly DateOnly? _date;
    private readonly EncodeWorkspace _workspace;
    private readonly SliceFile?[] _files;
    private readonly List<(SliceFile File, RowGroupBand Band)> _bands = [];
    private bool _isComplete;

    /// <param name="store">The lake's store.</param>
    /// <param name="schema">The table.</param>
    /// <param name="date">The partition.</param>
    /// <param name="files">How many files there are at most.</param>
    /// <param name="options">Layout of the files.</param>
    public SlicedOutput(IObjectStore store, TableSchema schema, DateOnly? date, int files, ParquetOptions options)
    {
        _store = store;
        _schema = schema;
        _date = date;
        _workspace = new EncodeWorkspace(options);
        _files = new SliceFile?[files];
    }

    /// <summary>Begins a window, whose columns come next.</summary>
    /// <param name="rows">Its rows; stays until the window ends.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="IOException">The store could not begin a file.</exception>
    public async Task BeginAsync(SliceOrder rows, CancellationToken cancellation)
    {
        for (var i = 0; i < rows.Files; i++)
        {
            if (rows.CountOf(i) == 0)
                continue;
            var file = _files[i] ??= await CreateAsync(cancellation);
            _bands.Add((file, Begin(file, rows, i)));
        }
    }

    /// <summary>Encodes a column of the window's rows.</summary>
    /// <param name="batch">Holds the column of all rows.</param>
    /// <param name="column">Index of the column in the files.</param>
    /// <exception cref="InvalidOperationException">A row has no value, and the column is required.</exception>
    public void Encode(ColumnBatch batch, int column)
    {
        using var encoder = _workspace.EncoderOf(batch, 0);
        foreach (var (_, band) in _bands)
            band.Encode(encoder, column);
    }

    /// <summary>Ends the window, of which every column came.</summary>
    /// <exception cref="IOException">The store could not keep a file.</exception>
    public void End()
    {
        foreach (var (file, band) in _bands)
        {
            file.Builder.Append(band);
            band.Dispose();
        }

        _bands.Clear();
    }

    /// <summary>Ends the files and makes them durable.</summary>
    /// <exception cref="IOException">The store could not keep a file.</exception>
    public async Task<IReadOnlyList<StagedFile>> CompleteAsync(CancellationToken cancellation)
    {
        var files = _files.OfType<SliceFile>().ToArray();
        var staged = new StagedFile[files.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, files.Length),
            new ParallelOptions { MaxDegreeOfParallelism = CompletedAtOnce, CancellationToken = cancellation },
            async (i, stop) => staged[i] = await CompleteAsync(files[i], stop)
        );
        _isComplete = true;
        return staged;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, band) in _bands)
            band.Dispose();
        foreach (var file in _files.OfType<SliceFile>())
        {
            file.Builder.Dispose();
            await file.Target.DisposeAsync();
            if (!_isComplete)
                await _store.DeleteAsync(file.Target.Key, CancellationToken.None);
        }

        _workspace.Dispose();
    }

    private static unsafe RowGroupBand Begin(SliceFile file, SliceOrder rows, int index) =>
        file.Builder.Begin(rows.RowsOf(index), rows.CountOf(index));

    private async Task<SliceFile> CreateAsync(CancellationToken cancellation)
    {
        var path = LakeTable.NewFilePath(_date);
        var target = await _store.CreateAsync(LakeTable.KeyOf(_schema.Name, path), cancellation);
        return new(path, target, new ParquetFileBuilder(target.Content, _schema, _workspace));
    }

    private async Task<StagedFile> CompleteAsync(SliceFile file, CancellationToken cancellation)
    {
        var info = file.Builder.Finish();
        var size = await file.Target.CompleteAsync(cancellation);
        return new StagedFile(_schema.Name, file.Path, _date, info.Rows, size, info.StatsJson, info.Hash);
    }

    private sealed record SliceFile(string Path, NewObject Target, ParquetFileBuilder Builder);
}
