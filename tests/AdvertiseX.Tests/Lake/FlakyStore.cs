using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Tests.Lake;

/// <summary>A store that loses answers, as stores behind a network do.</summary>
internal sealed class FlakyStore(IObjectStore store) : IObjectStore
{
    /// <summary>So many puts take effect and then fail all the same.</summary>
    public int LoseAnswersOfPuts { get; set; }

    /// <summary>So many puts fail without effect.</summary>
    public int FailPuts { get; set; }

    /// <summary>Nothing can be written, as on a full disk.</summary>
    public bool IsFull { get; set; }

    /// <summary>Objects whose keys begin so cannot be written either; null for none.</summary>
    public string? FullBelow { get; set; }

    /// <summary>Called before an object is opened; null for nothing.</summary>
    public Action<string>? BeforeOpen { get; set; }

    /// <summary>Listings asked for.</summary>
    public int Listings { get; private set; }

    /// <summary>Keys that were read or looked for and are not there.</summary>
    public int Misses { get; private set; }

    /// <summary>Objects read whole.</summary>
    public int Reads { get; private set; }

    public async ValueTask<bool> PutIfAbsentAsync(
        string key,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation = default
    )
    {
        RequireRoom(key);
        if (FailPuts > 0)
        {
            FailPuts--;
            throw new IOException("The connection was refused.");
        }
        var won = await store.PutIfAbsentAsync(key, content, cancellation);
        if (LoseAnswersOfPuts == 0)
            return won;
        LoseAnswersOfPuts--;
        throw new IOException("The connection was reset.");
    }

    public ValueTask PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        RequireRoom(key);
        return store.PutAsync(key, content, cancellation);
    }

    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default)
    {
        var content = await store.ReadAsync(key, cancellation);
        Reads += content is null ? 0 : 1;
        Misses += content is null ? 1 : 0;
        return content;
    }

    public ValueTask<int> ReadRangeAsync(
        string key,
        long offset,
        Memory<byte> buffer,
        CancellationToken cancellation = default
    ) => store.ReadRangeAsync(key, offset, buffer, cancellation);

    public ObjectReader OpenReader(string key)
    {
        BeforeOpen?.Invoke(key);
        return store.OpenReader(key);
    }

    public async ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default)
    {
        var found = await store.FindAsync(key, cancellation);
        Misses += found is null ? 1 : 0;
        return found;
    }

    public IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after = null,
        CancellationToken cancellation = default
    )
    {
        Listings++;
        return store.ListAsync(prefix, after, cancellation);
    }

    public ValueTask<IReadOnlyList<string>> FoldersAsync(CancellationToken cancellation = default) =>
        store.FoldersAsync(cancellation);

    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellation = default) =>
        store.DeleteAsync(key, cancellation);

    public ValueTask<NewObject> CreateAsync(string key, CancellationToken cancellation = default)
    {
        RequireRoom(key);
        return store.CreateAsync(key, cancellation);
    }

    public string AddressOf(string key) => store.AddressOf(key);

    public string FolderAddressOf(string folder) => store.FolderAddressOf(folder);

    public string KeyOf(string address) => store.KeyOf(address);

    public ValueTask<long> SealAsync(string key, CancellationToken cancellation = default)
    {
        RequireRoom(key);
        return store.SealAsync(key, cancellation);
    }

    private void RequireRoom(string key)
    {
        if (IsFull || (FullBelow is { } prefix && key.StartsWith(prefix, StringComparison.Ordinal)))
            throw new IOException("No space left on device.");
    }
}
