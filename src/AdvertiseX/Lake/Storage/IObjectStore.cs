namespace AdvertiseX.Lake.Storage;

/// <summary>
/// What a lake needs of its storage. Keys are relative, parts divided by <c>/</c>, none of them empty, <c>.</c> or
/// <c>..</c>. Safe for many threads and processes at once. An outage is an <see cref="IOException"/>; a key that is not
/// there is a value.
/// </summary>
/// <remarks>
/// Consistency: what was put or deleted is so for every later read and listing, of any process; readers of a log find
/// its newest version by listing. Objects are compared by <see cref="StoredObject.Modified"/> with the lake's clock to
/// tell what retention keeps, so the store's clock may differ from it by minutes, not by days.
/// </remarks>
public interface IObjectStore
{
    /// <summary>
    /// Puts an object unless its key is taken: of all who try, exactly one gets true. True means durable. After an
    /// exception it is not known whether the object is there; read it back. What is not there then never comes: files
    /// that a commit would have named are deleted.
    /// </summary>
    ValueTask<bool> PutIfAbsentAsync(
        string key,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation = default
    );

    /// <summary>Puts an object, in place of the one that was there; a reader sees the old content or the new,
    /// whole.</summary>
    ValueTask PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellation = default);

    /// <summary>The whole content, or null when there is no such object.</summary>
    ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default);

    /// <summary>
    /// Fills <paramref name="buffer"/> from byte <paramref name="offset"/> on. Returns the bytes read: fewer than asked
    /// only at the object's end, -1 when there is no such object.
    /// </summary>
    ValueTask<int> ReadRangeAsync(
        string key,
        long offset,
        Memory<byte> buffer,
        CancellationToken cancellation = default
    );

    /// <summary>Opens an object to be read at any offset.</summary>
    /// <exception cref="IOException">There is no such object, or the store failed.</exception>
    ObjectReader OpenReader(string key);

    /// <summary>Size and time of one object, or null when there is none.</summary>
    ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default);

    /// <summary>
    /// Objects whose key begins with <paramref name="prefix"/> (a folder, ending in <c>/</c>, or empty for all), in
    /// ordinal order of their keys, only those after <paramref name="after"/> when it is given.
    /// </summary>
    IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after = null,
        CancellationToken cancellation = default
    );

    /// <summary>Names of the folders at the root (first parts of keys), in ordinal order; those that begin with
    /// <c>.</c> left out. A store that has folders of its own may give empty ones too.</summary>
    ValueTask<IReadOnlyList<string>> FoldersAsync(CancellationToken cancellation = default);

    /// <summary>Deletes an object; true when it was there.</summary>
    ValueTask<bool> DeleteAsync(string key, CancellationToken cancellation = default);

    /// <summary>
    /// Begins an object under a key that nobody else uses. Whether the key is held from here on or from
    /// <see cref="NewObject.CompleteAsync"/>, and whether listings show the object before, is left to the store.
    /// </summary>
    /// <exception cref="IOException">The key is taken; a store that holds it later says so on completion.</exception>
    ValueTask<NewObject> CreateAsync(string key, CancellationToken cancellation = default);

    /// <summary>
    /// The address under which a query engine or another writer in this process reads or writes the object: for DuckDB
    /// a path or URL that <c>read_parquet</c> and <c>COPY … TO</c> take. Its folder is made on the way. What was
    /// written there is made durable with <see cref="SealAsync"/>.
    /// </summary>
    string AddressOf(string key);

    /// <summary>
    /// The address of a folder (a key without its last part) below which a query engine in this process may write files
    /// under names of its own; made where the store has folders.
    /// </summary>
    string FolderAddressOf(string folder);

    /// <summary>The key of an object by its address, below that of a folder or of its own.</summary>
    /// <exception cref="ArgumentException">The address is not one of this store's.</exception>
    string KeyOf(string address);

    /// <summary>Makes an object that was written at its address durable and returns its size in bytes.</summary>
    /// <exception cref="IOException">There is no such object, or the store could not keep it.</exception>
    ValueTask<long> SealAsync(string key, CancellationToken cancellation = default);
}
