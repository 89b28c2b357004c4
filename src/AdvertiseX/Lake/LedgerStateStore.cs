using System.Globalization;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// The ledger's state as it is saved beside its log, so that a lake opens without reading its whole history
/// (<c>docs/decisions/012-ledger-positions.md</c>). Derived: losing it costs only time while the log is whole. Safe for
/// many threads and processes.
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

    /// <summary>The newest saved state; null when there is none.</summary>
    /// <param name="newerThan">Only one of a later version is read; null is returned otherwise.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="Delta.DeltaException">It is damaged.</exception>
    public async ValueTask<LedgerState?> LoadAsync(long newerThan, CancellationToken cancellation)
    {
        string? newest = null;
        await foreach (var saved in store.ListAsync(Folder, null, cancellation))
            if (IsState(saved.Key))
                newest = saved.Key;
        return newest is null || (newerThan >= 0 && string.CompareOrdinal(newest, KeyOf(newerThan)) <= 0)
            ? null
            : await ReadAsync(newest, cancellation);
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
        // Another process may have saved the same version, with an archive of its own.
        var key = KeyOf(state.Version);
        if (
            !await store.PutIfAbsentAsync(key, LedgerJson.Write(state), cancellation)
            && await ReadAsync(key, cancellation) is { } theirs
        )
            state = theirs;
        FaultPoint.Reach("positions: saved");
        await DeleteUnneededAsync(cancellation);
        return state;
    }

    private static string KeyOf(long version) =>
        Folder + version.ToString("D20", CultureInfo.InvariantCulture) + StateSuffix;

    /// <summary>False for what other programs leave beside the states, such as checksums.</summary>
    private static bool IsState(string key) =>
        key.EndsWith(StateSuffix, StringComparison.Ordinal) && !key[Folder.Length..].StartsWith('.');

    private async ValueTask<LedgerState?> ReadAsync(string key, CancellationToken cancellation) =>
        await store.ReadAsync(key, cancellation) is { } json ? LedgerJson.ReadState(json, key, store) : null;

    private async ValueTask DeleteUnneededAsync(CancellationToken cancellation)
    {
        var before = clock.GetUtcNow() - Kept;
        var states = new List<StoredObject>();
        var segments = new List<StoredObject>();
        await foreach (var found in store.ListAsync(Folder, null, cancellation))
        {
            if (IsState(found.Key))
                states.Add(found);
            else if (found.Key.StartsWith(SegmentPrefix, StringComparison.Ordinal))
                segments.Add(found);
        }
        var named = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < states.Count; i++)
        {
            if (i + 1 < states.Count && states[i + 1].Modified < before)
                await store.DeleteAsync(states[i].Key, cancellation);
            else if (segments.Count > 0 && await ReadAsync(states[i].Key, cancellation) is { } state)
                named.UnionWith(state.Archive.Segments.Select(segment => segment.Key));
        }
        // A young one may be about to be named.
        foreach (var segment in segments)
            if (segment.Modified < before && !named.Contains(segment.Key))
                await store.DeleteAsync(segment.Key, cancellation);
    }
}
