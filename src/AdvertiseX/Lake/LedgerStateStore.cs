using System.Globalization;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// The ledger's state as it is saved beside its log, so that a lake opens without reading its whole history
/// (<c>docs/decisions/012-ledger-positions.md</c>). Derived: losing it costs only time while the log is whole. A state
/// that is damaged is passed over. Safe for many threads and processes.
/// </summary>
internal sealed class LedgerStateStore(IObjectStore store, TimeProvider clock)
{
    private const string Folder = IngestLedger.TableName + "/_positions/";
    private const string StateSuffix = ".json";
    private const string SegmentPrefix = Folder + "streams-";

    /// <summary>With more streams than this, those that were read longest ago leave the resident state …</summary>
    public const int MostResident = 8_000;

    /// <summary>… until so many are left.</summary>
    public const int FewestResident = 4_000;

    /// <summary>A state and its objects stay for so long after the next was saved: other processes hold them, and look
    /// for a newer one each <see cref="IngestLedger.AdoptEvery"/>.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(2);

    /// <summary>The damage of the newest state, if it was seen to be damaged.</summary>
    public DeltaException? Damage { get; private set; }

    /// <summary>The newest saved state that is whole; null when there is none.</summary>
    /// <param name="newerThan">Only one of a later version is read; null is returned otherwise.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public async ValueTask<LedgerState?> LoadAsync(long newerThan, CancellationToken cancellation)
    {
        Damage = null;
        foreach (var saved in (await StatesAsync(cancellation)).AsEnumerable().Reverse())
        {
            if (newerThan >= 0 && string.CompareOrdinal(saved.Key, KeyOf(newerThan)) <= 0)
                return null;
            try
            {
                if (await ReadAsync(saved.Key, cancellation) is { } state)
                    return state;
            }
            catch (DeltaException damaged)
            {
                Damage ??= damaged;
            }
        }

        return null;
    }

    /// <summary>What is wrong with the saved states, which do no harm while the log before them is whole, and with the
    /// objects of the newest whole state's archive, which nothing can take the place of.</summary>
    public async ValueTask<(IReadOnlyList<string> States, IReadOnlyList<string> Archive)> FaultsAsync(
        CancellationToken cancellation
    )
    {
        var states = new List<string>();
        LedgerState? newest = null;
        foreach (var saved in await StatesAsync(cancellation))
        {
            try
            {
                newest = await ReadAsync(saved.Key, cancellation) ?? newest;
            }
            catch (DeltaException damaged)
            {
                states.Add(damaged.Message);
            }
        }

        return (states, newest?.Archive.Faults() ?? []);
    }

    /// <summary>Saves a state, and gives the one to go on with: with many streams, those read longest ago are in its
    /// archive.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<LedgerState> SaveAsync(LedgerState state, CancellationToken cancellation)
    {
        if (state.Streams.Count > MostResident)
        {
            var leaving = state
                .Streams.Values.OrderBy(stream => stream.Version)
                .Take(state.Streams.Count - FewestResident)
                .ToList();
            var archive = await state.Archive.WithAsync(store, Folder, leaving, cancellation);
            state = state with
            {
                Streams = state.Streams.RemoveRange(leaving.Select(stream => stream.Stream)),
                Archive = archive,
            };
        }
        state = await PutAsync(state, cancellation);
        FaultPoint.Reach("positions: saved");
        await DeleteUnneededAsync(cancellation);
        return state;
    }

    private static string KeyOf(long version) =>
        Folder + version.ToString("D20", CultureInfo.InvariantCulture) + StateSuffix;

    /// <summary>False for what other programs leave beside the states, such as checksums.</summary>
    private static bool IsState(string key) =>
        key.EndsWith(StateSuffix, StringComparison.Ordinal) && !key[Folder.Length..].StartsWith('.');

    // Another process may have saved the same version, with an archive of its own.
    private async ValueTask<LedgerState> PutAsync(LedgerState state, CancellationToken cancellation)
    {
        var key = KeyOf(state.Version);
        var file = HashedFile.Of(LedgerJson.Write(state));
        if (await store.PutIfAbsentAsync(key, file, cancellation))
            return state;
        try
        {
            return await ReadAsync(key, cancellation) ?? state;
        }
        catch (DeltaException)
        {
            await store.PutAsync(key, file, cancellation);
            return state;
        }
    }

    private async ValueTask<List<StoredObject>> StatesAsync(CancellationToken cancellation)
    {
        var states = new List<StoredObject>();
        await foreach (var found in store.ListAsync(Folder, null, cancellation))
            if (IsState(found.Key))
                states.Add(found);
        return states;
    }

    // Older states have no line with a hash.
    private async ValueTask<LedgerState?> ReadAsync(string key, CancellationToken cancellation)
    {
        if (await store.ReadAsync(key, cancellation) is not { } file)
            return null;
        if (file is [(byte)'{', ..])
            return LedgerJson.ReadState(file, key, store);
        return HashedFile.TryRead(file, out var json)
            ? LedgerJson.ReadState(json, key, store)
            : throw new DeltaException($"{key} is damaged: its hash is another.");
    }

    private async ValueTask DeleteUnneededAsync(CancellationToken cancellation)
    {
        var before = clock.GetUtcNow() - Kept;
        var states = await StatesAsync(cancellation);
        var needed = new List<LedgerState>();
        var isAnyDamaged = false;
        for (var i = 0; i < states.Count; i++)
        {
            if (i + 1 < states.Count && states[i + 1].Modified < before)
            {
                await store.DeleteAsync(states[i].Key, cancellation);
                continue;
            }

            try
            {
                if (await ReadAsync(states[i].Key, cancellation) is { } state)
                    needed.Add(state);
            }
            catch (DeltaException)
            {
                isAnyDamaged = true;
            }
        }

        // Processes that read a state before it was damaged need its objects.
        if (isAnyDamaged)
            return;
        var named = needed
            .SelectMany(state => state.Archive.Segments)
            .Select(segment => segment.Key)
            .ToHashSet(StringComparer.Ordinal);
        await foreach (var found in store.ListAsync(Folder, null, cancellation))
            // A young one may be about to be named.
            if (
                found.Key.StartsWith(SegmentPrefix, StringComparison.Ordinal)
                && found.Modified < before
                && !named.Contains(found.Key)
            )
                await store.DeleteAsync(found.Key, cancellation);
    }
}
