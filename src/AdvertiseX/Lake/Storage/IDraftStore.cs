namespace AdvertiseX.Lake.Storage;

/// <summary>A store that keeps content durable before it has a key.</summary>
internal interface IDraftStore
{
    /// <summary>Makes content durable.</summary>
    /// <exception cref="IOException">The store could not keep it.</exception>
    ValueTask<ObjectDraft> DraftAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation);
}
