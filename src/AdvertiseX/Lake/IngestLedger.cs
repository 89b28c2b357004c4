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

    /// <summary>States are saved after so many commits at least, and so many at most; in between after a quarter of the
    /// number of streams, so that saving stays a small part of the work.</summary>
    private const int FewestToSave = 100,
        MostToSave = 1_000;

    /// <summary>The process whose commit made a save due saves; another one waits for so many commits.</summary>
    private const int SaveGrace = 50;

    /// <summary>A process that is so many commits behind begins anew at the newest saved state.</summary>
    private const int FarBehind = 2 * MostToSave;

    /// <summary>So often it is asked whether another process saved a newer state, which may leave more to the
    /// archive.</summary>
    internal static readonly TimeSpan AdoptEvery = TimeSpan.FromMinutes(30);

    private readonly IObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile LedgerState _state = LedgerState.Empty;
    private readonly LedgerStateStore _states;
    private long _saved = -1;
    private long _adoptedTicks;
    private volatile Task _saving = Task.CompletedTask;

    internal IngestLedger(IObjectStore store, DeltaTable table, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        _states = new(store, clock);
        _adoptedTicks = clock.GetUtcNow().UtcTicks;
        Delta = table;
    }

    /// <summary>The ledger as a Delta table.</summary>
    public DeltaTable Delta { get; }

    /// <summary>Ledger version read last.</summary>
    public long Version => _state.Version;

    internal LedgerState State => _state;

    /// <summary>First position of the stream not yet processed, at the version read last; 0 for an unknown
    /// stream.</summary>
    public long PositionOf(string stream) => Find(stream)?.Next ?? 0;

    /// <summary>What is known of a stream at the version read last, or null.</summary>
    /// <exception cref="IOException">The archive of streams read long ago cannot be read.</exception>
    /// <exception cref="DeltaException">It is damaged.</exception>
    public StreamPosition? Find(string stream) => _state.Find(stream);

    /// <summary>Reads on to the newest version and returns it.</summary>
    /// <exception cref="DeltaException">The ledger is damaged.</exception>
    public async ValueTask<long> RefreshAsync(CancellationToken cancellation = default)
    {
        var snapshot = await Delta.RefreshAsync(cancellation);
        var now = _clock.GetUtcNow().UtcTicks;
        // Before it is read on: of an archive that was known so long ago, objects may be gone.
        if (now - Interlocked.Read(ref _adoptedTicks) > AdoptEvery.Ticks)
        {
            Interlocked.Exchange(ref _adoptedTicks, now);
            if (await _states.LoadAsync(Interlocked.Read(ref _saved), cancellation) is { } newer)
                await GoOnFromAsync(newer, cancellation);
        }
        return (await ReadToAsync(snapshot.Version, cancellation)).Version;
    }

    /// <summary>Forgets which versions staged files for a table, up to one that was applied. Does nothing while the
    /// ledger is being read: whoever asks next forgets them.</summary>
    /// <param name="name">The table, or the name of its late rows.</param>
    /// <param name="applied">The version.</param>
    internal void Applied(string name, long applied)
    {
        if (ReferenceEquals(_state.WithApplied(name, applied), _state) || !_reading.Wait(0))
            return;
        try
        {
            _state = _state.WithApplied(name, applied);
        }
        finally
        {
            _reading.Release();
        }
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
        DeltaCommitResult result;
        try
        {
            result = await CommitAsync(change, cancellation);
        }
        catch (IOException)
        {
            // Thrown where the commit is not in the log.
            await _store.DeleteAsync($"{TableName}/{rows.Path}", CancellationToken.None);
            throw;
        }
        FaultPoint.Reach("ledger: committed");
        if (result.Outcome == DeltaCommitOutcome.Committed)
        {
            await ReadToAsync(result.Version, cancellation);
            SaveStateWhenDue(result.Version);
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

    /// <summary>What is wrong with the saved states and with their archive.</summary>
    internal ValueTask<(IReadOnlyList<string> States, IReadOnlyList<string> Archive)> FaultsOfPositionsAsync(
        CancellationToken cancellation
    ) => _states.FaultsAsync(cancellation);

    /// <summary>Ends when no state is being saved; failures do not show.</summary>
    internal Task SavedAsync() => _saving;

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
            if (version - state.Version > FarBehind || state.Version < 0)
            {
                state = await _states.LoadAsync(state.Version, cancellation) ?? state;
                Interlocked.Exchange(ref _saved, Math.Max(_saved, state.Version));
            }
            try
            {
                while (state.Version < version)
                    state = state.With(state.Version + 1, await ReadEntryAsync(state.Version + 1, cancellation));
            }
            catch (DeltaException) when (_states.Damage is not null)
            {
                // The log does not reach back to where an older state or none would go on.
                throw _states.Damage;
            }

            return _state = state;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Commits of thousands of files fill the memory before they are many.</summary>
    private bool HasTooMany => _state.Streams.Count > 2 * LedgerStateStore.MostResident;

    /// <summary>Starts saving the state, beside the commits, if enough was committed since the last save.</summary>
    private void SaveStateWhenDue(long committed)
    {
        var due = Math.Clamp(_state.Streams.Count / 4, FewestToSave, MostToSave);
        var since = committed - Math.Max(0, Interlocked.Read(ref _saved));
        if ((since == due || since >= due + SaveGrace || HasTooMany) && _saving.IsCompleted)
            _saving = Task.Run(() => TrySaveAsync(due));
    }

    private async Task TrySaveAsync(int due)
    {
        try
        {
            var newer = await _states.LoadAsync(Interlocked.Read(ref _saved), CancellationToken.None);
            if (newer is not null)
                await GoOnFromAsync(newer, CancellationToken.None);
            if (newer is null || Version - newer.Version >= due || HasTooMany)
                await SaveStateAsync(CancellationToken.None);
        }
        catch (Exception failed) when (failed is IOException or DeltaException or UnauthorizedAccessException)
        {
            // The batches stand; a later one tries again.
        }
    }

    /// <summary>Saves the state read last.</summary>
    internal async ValueTask SaveStateAsync(CancellationToken cancellation = default) =>
        await GoOnFromAsync(await _states.SaveAsync(_state, cancellation), cancellation);

    /// <summary>Leaves to the archive what a saved state left to it, or goes on from one that is newer.</summary>
    private async ValueTask GoOnFromAsync(LedgerState saved, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (saved.Version < _saved)
                return;
            _state = saved.Version > _state.Version ? saved : _state.On(saved);
            Interlocked.Exchange(ref _saved, saved.Version);
        }
        finally
        {
            _reading.Release();
        }
    }
}
