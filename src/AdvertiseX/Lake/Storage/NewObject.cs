namespace AdvertiseX.Lake.Storage;

/// <summary>
/// An object being written. Nothing of it counts until <see cref="CompleteAsync"/> returned; disposing before that
/// drops it. For one writer at a time.
/// </summary>
public abstract class NewObject : IAsyncDisposable
{
    /// <summary>Key relative to the store's root.</summary>
    public abstract string Key { get; }

    /// <summary>Where the content goes, from its first byte on. Owned by this object.</summary>
    public abstract Stream Content { get; }

    /// <summary>Makes the object durable and returns its size in bytes.</summary>
    /// <exception cref="IOException">The store could not keep it.</exception>
    public abstract ValueTask<long> CompleteAsync(CancellationToken cancellation = default);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
