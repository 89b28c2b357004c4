namespace AdvertiseX.Lake.Storage;

/// <summary>A store that keeps content durable before it has a key.</summary>
internal interface IDraftStore
{
    /// <summary>Makes content durable.</summary>
    /// <exception cref="IOException">The store could not keep it.</exception>
    ValueTask<ObjectDraft> DraftAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Content without a key, of writers at work and of those that were killed; the keys of what is returned
    /// can be deleted.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    IAsyncEnumerable<StoredObject> DraftsAsync(CancellationToken cancellation);
}
