using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Delta;

/// <summary>The lines of one commit, which are the same for every version it tries to be: a store that can makes them
/// durable once. For one thread.</summary>
internal sealed class CommitLines(IObjectStore store, DeltaChange change, TimeProvider clock) : IDisposable
{
    private byte[]? _content;
    private ObjectDraft? _draft;

    /// <summary>What the commit holds.</summary>
    public IReadOnlyList<DeltaAction> Actions { get; } = [.. change.Actions(clock.GetUtcNow())];

    /// <inheritdoc cref="IObjectStore.PutIfAbsentAsync"/>
    public async ValueTask<bool> PutIfAbsentAsync(string key, CancellationToken cancellation)
    {
        _content ??= DeltaJson.Lines(Actions);
        if (store is not IDraftStore drafts)
            return await store.PutIfAbsentAsync(key, _content, cancellation);
        _draft ??= await drafts.DraftAsync(_content, cancellation);
        return await _draft.PutIfAbsentAsync(key);
    }

    public void Dispose() => _draft?.Dispose();
}
