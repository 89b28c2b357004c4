namespace AdvertiseX.Lake.Storage;

/// <summary>
/// A folder for what lives no longer than its owner: rows that a query engine in this process needs on the way. Nothing
/// in it is durable; disposing deletes all of it. Thread-safe until then.
/// </summary>
internal sealed class ScratchSpace : IDisposable
{
    private readonly DirectoryInfo _folder;
    private int _folders;

    private ScratchSpace(DirectoryInfo folder) => _folder = folder;

    /// <summary>Makes a folder of its own below <paramref name="parent"/>, or below the system's temporary folder for
    /// null.</summary>
    /// <param name="parent">An existing folder, or null.</param>
    /// <param name="purpose">A word in the folder's name, for people who find it.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static ScratchSpace Create(string? parent, string purpose) =>
        new(Directory.CreateDirectory(Path.Combine(parent ?? Path.GetTempPath(), $"adx-{purpose}-{Guid.NewGuid():N}")));

    /// <summary>A new empty folder whose name begins with <paramref name="name"/>.</summary>
    public string NewFolder(string name) =>
        _folder.CreateSubdirectory($"{name}-{Interlocked.Increment(ref _folders)}").FullName;

    /// <summary>Where a file of that name lies or may be written.</summary>
    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes a whole file.</summary>
    public async ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        await File.WriteAllBytesAsync(PathOf(name), content, cancellation);

    /// <summary>Reads a whole file.</summary>
    public async ValueTask<byte[]> ReadAsync(string name, CancellationToken cancellation) =>
        await File.ReadAllBytesAsync(PathOf(name), cancellation);

    public void Dispose() => _folder.Delete(recursive: true);
}
