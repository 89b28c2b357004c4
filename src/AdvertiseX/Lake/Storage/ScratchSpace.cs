using System.Collections.Concurrent;

namespace AdvertiseX.Lake.Storage;

/// <summary>
/// A folder for what lives no longer than its owner: rows that a query engine in this process needs on the way. Nothing
/// in it is durable; disposing deletes all of it, and what a killed process left, the next one that makes a folder
/// beside it. Thread-safe until then.
/// </summary>
internal sealed class ScratchSpace : IDisposable
{
    /// <summary>A file that its owner holds locked, which a process that is gone does not.</summary>
    private const string LockName = ".owner";

    private static readonly ConcurrentDictionary<string, bool> s_cleaned = new(StringComparer.Ordinal);

    private readonly DirectoryInfo _folder;
    private readonly FileStream _lock;
    private int _folders;

    private ScratchSpace(DirectoryInfo folder)
    {
        _folder = folder;
        _lock = Lock(folder.FullName, FileMode.CreateNew);
    }

    /// <summary>Makes a folder of its own below <paramref name="parent"/>, or below the system's temporary folder for
    /// null.</summary>
    /// <param name="parent">An existing folder, or null.</param>
    /// <param name="purpose">A word in the folder's name, for people who find it.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static ScratchSpace Create(string? parent, string purpose)
    {
        parent ??= Path.GetTempPath();
        if (s_cleaned.TryAdd(parent, true))
            DeleteAbandoned(parent);
        return new(Directory.CreateDirectory(Path.Combine(parent, $"adx-{purpose}-{Guid.NewGuid():N}")));
    }

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

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _lock.Dispose();
    }

    /// <summary>Deletes the folders of processes that are gone.</summary>
    internal static void DeleteAbandoned(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, "adx-*"))
        {
            try
            {
                if (!File.Exists(Path.Combine(folder, LockName)))
                    continue;
                // Another process that does the same holds it now.
                using var held = Lock(folder, FileMode.Open);
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                // In use, or of somebody else.
            }
        }
    }

    private static FileStream Lock(string folder, FileMode mode) =>
        new(Path.Combine(folder, LockName), mode, FileAccess.ReadWrite, FileShare.None);
}
