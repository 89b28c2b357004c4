using System.Globalization;
using AdvertiseX.Columns;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// The table <c>ingest_ledger</c>: one put-if-absent commit a batch decides what was processed, with which verdicts.
/// Safe for many threads and processes. Its commits carry the whole entry (<c>commitInfo</c>), its rows are for SQL.
/// </summary>
internal sealed class IngestLedger : IDisposable
{
    /// <summary>Name of the table.</summary>
    public const string TableName = "ingest_ledger";

    private const string StateFolder = TableName + "/_positions/";
    private const string StateSuffix = ".json";

    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile LedgerState _state = LedgerState.Empty;
    private LedgerState? _saved;

    internal IngestLedger(IObjectStore store, DeltaTable table, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        Delta = table;
    }

    /// <summary>The ledger as a Delta table.</summary>
    public DeltaTable Delta { get; }

    /// <summary>Ledger version read last.</summary>
    public long Version => _state.Version;

    /// <summary>Every stream's position, at the version read last.</summary>
    public IEnumerable<StreamPosition> Positions => _state.Streams.Values;

    internal LedgerState State => _state;

    /// <summary>First position of the stream not yet processed, at the version read last; 0 for an unknown
    /// stream.</summary>
    public long PositionOf(string stream) => Find(stream)?.Next ?? 0;

    /// <summary>What is known of a stream at the version read last, or null.</summary>
    public StreamPosition? Find(string stream) => _state.Streams.GetValueOrDefault(stream);

    /// <summary>Reads on to the newest version and returns it.</summary>
    /// <exception cref="DeltaException">The ledger is damaged.</exception>
    public async ValueTask<long> RefreshAsync(CancellationToken cancellation = default)
    {
        var snapshot = await Delta.RefreshAsync(cancellation);
        return (await ReadToAsync(snapshot.Version, cancellation)).Version;
    }

    /// <summary>The batch of one ledger version, or null when the version is none (the table's making,
    /// maintenance).</summary>
    /// <exception cref="DeltaException">There is no such version, or it is no longer kept.</exception>
    public async ValueTask<LedgerEntry?> ReadEntryAsync(long version, CancellationToken cancellation = default)
    {
        var actions =
            await Delta.ReadCommitAsync(version, cancellation)
            ?? throw new DeltaException($"Version {version} of {TableName} is not there.");
        var info = actions.OfType<CommitInfo>().FirstOrDefault();
        return info is null || info.Payload.IsEmpty ? null : LedgerJson.ReadEntry(info.Payload, version);
    }

    /// <summary>
    /// Commits a batch if every stream still stands where the batch began, and its verdicts hold beside every batch
    /// that was committed since it was judged and shares a table with it. The staged files must be durable; they join
    /// their tables with <see cref="DataLake.ApplyAsync"/>.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="stillHolds">Asked whether the verdicts hold beside batches that were committed since they were
    /// judged; null for never.</param>
    /// <param name="cancellation">Stops before the commit.</param>
    /// <exception cref="ArgumentException">The batch contradicts itself; the text says where.</exception>
    /// <exception cref="IOException">The store failed; whether the batch is in the ledger, the next refresh
    /// tells.</exception>
    public async ValueTask<LedgerResult> CommitAsync(
        LedgerBatch batch,
        Func<IReadOnlyList<LedgerEntry>, CancellationToken, ValueTask<bool>>? stillHolds = null,
        CancellationToken cancellation = default
    )
    {
        LedgerBatchRules.Require(batch);
        await RefreshAsync(cancellation);
        var judgedAt = batch.JudgedAt;
        if (await RaceAsync(_state, cancellation) is { } early)
            return early;
        await RequireStagedAsync(batch, cancellation);

        var entry = new LedgerEntry(
            -1,
            batch.BatchId,
            _clock.GetUtcNow(),
            batch.Streams,
            batch.Files,
            batch.Correction
        );
        var rows = await WriteRowsAsync(entry, cancellation);
        FaultPoint.Reach("ledger: rows written");
        LedgerResult.Raced? race = null;
        var change = new DeltaChange("WRITE")
        {
            Id = batch.BatchId,
            Adds = [rows],
            Payload = LedgerJson.Write(entry),
            StillWanted = async (snapshot, token) =>
                (race = await RaceAsync(await ReadToAsync(snapshot.Version, token), token)) is null,
        };
        var result = await CommitAsync(change, cancellation);
        FaultPoint.Reach("ledger: committed");
        if (result.Outcome == DeltaCommitOutcome.Committed)
        {
            await ReadToAsync(result.Version, cancellation);
            await SaveStateWhenDueAsync(cancellation);
            return new LedgerResult.Committed(result.Version);
        }
        await _store.DeleteAsync($"{TableName}/{rows.Path}", cancellation);
        return race!;

        async ValueTask<LedgerResult.Raced?> RaceAsync(LedgerState state, CancellationToken token)
        {
            var found = await RaceOfAsync(batch, judgedAt, state, token);
            if (found is not { Streams.Count: 0 } || stillHolds is null || !await stillHolds(found.Since, token))
                return found;
            judgedAt = state.Version;
            return null;
        }
    }

    public void Dispose() => _reading.Dispose();

    private async ValueTask<DeltaCommitResult> CommitAsync(DeltaChange change, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await Delta.CommitAsync(change, Delta.Latest, cancellation);
            // The ledger's own shape changed under us (a new column): the rows written are still right.
            if (result.Outcome != DeltaCommitOutcome.Conflict)
                return result;
        }
    }

    private async ValueTask<LedgerResult.Raced?> RaceOfAsync(
        LedgerBatch batch,
        long judgedAt,
        LedgerState state,
        CancellationToken cancellation
    )
    {
        var settlesTail = batch.Correction?.Kind == LedgerCorrection.TailKind;
        var raced = batch
            .Streams.Where(stream => !state.MayGoOn(stream, settlesTail))
            .Select(stream => new StreamConflict(stream.Stream, stream.From, state.ExpectedFrom(stream)))
            .ToList();
        var judged = LedgerBatchRules.JudgedTables(batch);
        var since = new List<LedgerEntry>();
        for (var version = judgedAt + 1; version <= state.Version; version++)
        {
            if (await ReadEntryAsync(version, cancellation) is { } entry && judged.Overlaps(entry.TouchedTables()))
                since.Add(entry);
        }
        return raced.Count + since.Count == 0 ? null : new(raced, since, state.Version);
    }

    private async ValueTask RequireStagedAsync(LedgerBatch batch, CancellationToken cancellation)
    {
        foreach (var file in batch.Files)
        {
            var found = await _store.FindAsync($"{file.Table}/{file.Path}", cancellation);
            if (found?.SizeBytes != file.SizeBytes)
                throw new ArgumentException(
                    $"{file.Table}/{file.Path} is staged with {file.SizeBytes} bytes, and {found?.SizeBytes ?? 0} are there."
                );
        }
    }

    private async ValueTask<AddFile> WriteRowsAsync(LedgerEntry entry, CancellationToken cancellation)
    {
        var content = LedgerRows.ToParquet(entry);
        var path = LakeTable.NewFilePath(null);
        await using var file = await _store.CreateAsync($"{TableName}/{path}", cancellation);
        await file.Content.WriteAsync(content, cancellation);
        var size = await file.CompleteAsync(cancellation);
        return new(
            path,
            new Dictionary<string, string?>(),
            size,
            entry.CommittedTime.ToUnixTimeMilliseconds(),
            true,
            $"{{\"numRecords\":{LedgerRows.Count(entry)}}}"
        )
        {
            Tags = AddFile.TagsOf(FileHash.TextOf(content)),
        };
    }

    private async ValueTask<LedgerState> ReadToAsync(long version, CancellationToken cancellation)
    {
        if (_state.Version >= version)
            return _state;
        await _reading.WaitAsync(cancellation);
        try
        {
            var state = _state;
            if (state.Version < 0)
                state = _saved = await LoadStateAsync(cancellation);
            while (state.Version < version)
                state = state.With(state.Version + 1, await ReadEntryAsync(state.Version + 1, cancellation));
            return _state = state;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The newest saved state, so that a lake opens without reading its whole history.</summary>
    private async ValueTask<LedgerState> LoadStateAsync(CancellationToken cancellation)
    {
        string? newest = null;
        await foreach (var saved in _store.ListAsync(StateFolder, null, cancellation))
            if (IsState(saved.Key))
                newest = saved.Key;
        return newest is not null && await _store.ReadAsync(newest, cancellation) is { } json
            ? LedgerJson.ReadState(json, newest)
            : LedgerState.Empty;
    }

    /// <summary>
    /// Saves the state once about a quarter as much was committed since the last save, so that saving stays a small
    /// part of the work whatever the number of streams. It is derived: losing one costs only time while the log is
    /// whole.
    /// </summary>
    private async ValueTask SaveStateWhenDueAsync(CancellationToken cancellation)
    {
        var state = _state;
        var since = state.Version - (_saved?.Version ?? 0);
        if (since < Math.Max(20, state.Streams.Count / 4))
            return;
        try
        {
            await SaveStateAsync(state: state, cancellation: cancellation);
        }
        catch (IOException)
        {
            // The batch stands; the next one tries again.
        }
    }

    /// <summary>False for what other programs leave beside the states, such as checksums.</summary>
    private static bool IsState(string key) =>
        key.EndsWith(StateSuffix, StringComparison.Ordinal) && !key[StateFolder.Length..].StartsWith('.');

    /// <summary>Saves the state, by default the one read last.</summary>
    internal async ValueTask SaveStateAsync(LedgerState? state = null, CancellationToken cancellation = default)
    {
        state ??= _state;
        var key = StateFolder + state.Version.ToString("D20", CultureInfo.InvariantCulture) + StateSuffix;
        await _store.PutIfAbsentAsync(key, LedgerJson.Write(state), cancellation);
        _saved = state;
        await foreach (var older in _store.ListAsync(StateFolder, null, cancellation))
        {
            // Two are kept, as another process may just be reading the one before.
            if (
                IsState(older.Key)
                && string.CompareOrdinal(older.Key, key) < 0
                && older.Modified < _clock.GetUtcNow() - TimeSpan.FromHours(1)
            )
                await _store.DeleteAsync(older.Key, cancellation);
        }
    }
}
