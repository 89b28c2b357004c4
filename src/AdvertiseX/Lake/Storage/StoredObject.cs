namespace AdvertiseX.Lake.Storage;

/// <summary>One object as a listing shows it.</summary>
/// <param name="Key">Key relative to the store's root, parts divided by <c>/</c>.</param>
/// <param name="SizeBytes">Bytes of the content.</param>
/// <param name="Modified">When the content was last written, UTC, by the store's clock.</param>
public readonly record struct StoredObject(string Key, long SizeBytes, DateTimeOffset Modified)
{
    /// <summary>Where the key leads to, in a store that knows links, when it is one: the object is somewhere else. Null
    /// for an object of the store's own.</summary>
    public string? LinkTarget { get; init; }
}
