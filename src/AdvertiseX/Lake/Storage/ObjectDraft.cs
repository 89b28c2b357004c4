namespace AdvertiseX.Lake.Storage;

/// <summary>
/// Content that is durable and has no key yet, in a store that can give it one afterwards: whoever loses a race for one
/// key tries the next without writing again. Disposing drops it; objects that it became stay.
/// </summary>
internal abstract class ObjectDraft : IDisposable
{
    /// <inheritdoc cref="IObjectStore.PutIfAbsentAsync"/>
    public abstract ValueTask<bool> PutIfAbsentAsync(string key);

    public abstract void Dispose();
}
