using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace AdvertiseX.Lake.Storage;

/// <summary>
/// A folder on a local disk as an object store. Put-if-absent writes a temporary file, flushes it and gives it its name
/// with <c>link(2)</c>, which exactly one of many can do (<c>docs/decisions/010-put-if-absent-by-link.md</c>).
/// Temporary files lie in <c>.tmp</c> under the root and are never listed.
/// </summary>
public sealed class LocalObjectStore : IObjectStore
{
    private const string TemporaryFolder = ".tmp";
    private readonly string _root;
    private readonly string _temporary;

    /// <param name="root">The folder; made when it is first written to.</param>
    public LocalObjectStore(string root)
    {
        _root = Path.GetFullPath(root);
        _temporary = Path.Combine(_root, TemporaryFolder);
    }

    /// <summary>The folder, as a full path.</summary>
    public string Root => _root;

    /// <inheritdoc/>
    public async ValueTask<bool> PutIfAbsentAsync(
        string key,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation = default
    )
    {
        var path = PathOf(key);
        if (File.Exists(path))
            return false;
        MakeFolderOf(path);
        if (OperatingSystem.IsWindows())
            return await CreateExclusivelyAsync(path, content, cancellation);
        var draft = await WriteTemporaryAsync(content, cancellation);
        FaultPoint.Reach("put: temporary file written");
        try
        {
            if (!PosixFile.Link(draft, path))
                return false;
        }
        finally
        {
            FaultPoint.Reach("put: linked");
            File.Delete(draft);
        }
        await WaitAsideAsync(() => FlushFolderOf(path));
        FaultPoint.Reach("put: directory flushed");
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        MakeFolderOf(path);
        var draft = await WriteTemporaryAsync(content, cancellation);
        // Replacing is rename(2), which is atomic; the banned overload is only unsafe as a put-if-absent.
#pragma warning disable RS0030
        File.Move(draft, path, overwrite: true);
#pragma warning restore RS0030
        FlushFolderOf(path);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(key), cancellation);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadRangeAsync(
        string key,
        long offset,
        Memory<byte> buffer,
        CancellationToken cancellation = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        try
        {
            using var file = File.OpenHandle(
                PathOf(key),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            var filled = 0;
            while (filled < buffer.Length)
            {
                var read = await RandomAccess.ReadAsync(file, buffer[filled..], offset + filled, cancellation);
                if (read == 0)
                    break;
                filled += read;
            }
            return filled;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return -1;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">It is a symbolic link, which may lead out of the store.</exception>
    public ObjectReader OpenReader(string key)
    {
        var path = PathOf(key);
        if (new FileInfo(path).LinkTarget is { } target)
            throw new IOException(
                $"{path} is a symbolic link to {target}, which is not followed; put the file itself in its place"
            );
        return new FileReader(
            File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        );
    }

    /// <inheritdoc/>
    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default)
    {
        var file = new FileInfo(PathOf(key));
        return ValueTask.FromResult<StoredObject?>(
            file.Exists || file.LinkTarget is not null
                ? new StoredObject(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc))
                {
                    LinkTarget = file.LinkTarget,
                }
                : null
        );
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after = null,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        var folder = prefix.Length == 0 ? _root : PathOf(prefix.TrimEnd('/'));
        await Task.CompletedTask;
        if (!Directory.Exists(folder))
            yield break;
        var found = new List<StoredObject>();
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var key = Path.GetRelativePath(_root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (key.StartsWith(TemporaryFolder + "/", StringComparison.Ordinal))
                continue;
            if (after is not null && string.CompareOrdinal(key, after) <= 0)
                continue;
            // A file may be deleted while it is listed; then it is no longer an object.
            if (file.Exists)
                found.Add(new StoredObject(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)));
        }
        found.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        foreach (var each in found)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return each;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> FoldersAsync(CancellationToken cancellation = default)
    {
        var folders = Directory.Exists(_root) ? new DirectoryInfo(_root).EnumerateDirectories() : [];
        return ValueTask.FromResult<IReadOnlyList<string>>([
            .. folders.Select(folder => folder.Name).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal),
        ]);
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
            return ValueTask.FromResult(false);
        File.Delete(path);
        return ValueTask.FromResult(true);
    }

    /// <inheritdoc/>
    public ValueTask<NewObject> CreateAsync(string key, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        MakeFolderOf(path);
        return ValueTask.FromResult<NewObject>(new NewFile(this, key, path));
    }

    /// <inheritdoc/>
    public string AddressOf(string key)
    {
        var path = PathOf(key);
        MakeFolderOf(path);
        return path;
    }

    /// <inheritdoc/>
    public string FolderAddressOf(string folder)
    {
        var path = PathOf(folder);
        MakeFolderOf(Path.Combine(path, "any"));
        return path;
    }

    /// <inheritdoc/>
    public string KeyOf(string address)
    {
        var key = Path.GetRelativePath(_root, address).Replace(Path.DirectorySeparatorChar, '/');
        return key.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(key)
            ? throw new ArgumentException($"{address} does not lie in {_root}", nameof(address))
            : key;
    }

    /// <inheritdoc/>
    public async ValueTask<long> SealAsync(string key, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        await WaitAsideAsync(() =>
        {
            RandomAccess.FlushToDisk(file);
            FlushFolderOf(path);
        });
        return RandomAccess.GetLength(file);
    }

    private string PathOf(string key)
    {
        if (
            key.Length == 0
            || key.Split('/').Any(part => part is "" or "." or ".." || part.Contains('\\', StringComparison.Ordinal))
        )
            throw new ArgumentException(
                $"'{key}' is no key: parts divided by '/', none empty, '.' or '..'.",
                nameof(key)
            );
        return Path.Combine(_root, key.Replace('/', Path.DirectorySeparatorChar));
    }

    /// <summary>Makes the folder and flushes every level that was new, so that a commit in it cannot outlive
    /// it.</summary>
    private static void MakeFolderOf(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (Directory.Exists(folder))
            return;
        MakeFolderOf(folder);
        Directory.CreateDirectory(folder);
        FlushFolderOf(folder);
    }

    private static void FlushFolderOf(string path)
    {
        if (!OperatingSystem.IsWindows())
            PosixFile.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    private async ValueTask<string> WriteTemporaryAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_temporary);
        var draft = Path.Combine(_temporary, Guid.NewGuid().ToString("N"));
        using var file = File.OpenHandle(
            draft,
            FileMode.CreateNew,
            FileAccess.Write,
            preallocationSize: content.Length
        );
        await RandomAccess.WriteAsync(file, content, 0, cancellation);
        await WaitAsideAsync(() => RandomAccess.FlushToDisk(file));
        return draft;
    }

    /// <summary>Waits for the disk on a thread of its own: the pool has one for each processor, and one that waits
    /// leaves its processor idle.</summary>
    private static Task WaitAsideAsync(Action flush) =>
        Task.Factory.StartNew(
            flush,
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously,
            TaskScheduler.Default
        );

    /// <summary>Windows has no link for this purpose; an exclusive create decides there, and a torn write is seen by
    /// its reader.</summary>
    private static async ValueTask<bool> CreateExclusivelyAsync(
        string path,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation
    )
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await RandomAccess.WriteAsync(file, content, 0, cancellation);
            RandomAccess.FlushToDisk(file);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private sealed class FileReader(SafeFileHandle file) : ObjectReader
    {
        public override long Length { get; } = RandomAccess.GetLength(file);

        public override int Read(Span<byte> buffer, long offset) => RandomAccess.Read(file, buffer, offset);

        public override void Dispose() => file.Dispose();
    }

    private sealed class NewFile(LocalObjectStore store, string key, string path) : NewObject
    {
        private readonly FileStream _content = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 16);
        private bool _complete;

        public override string Key => key;

        public override Stream Content => _content;

        public override async ValueTask<long> CompleteAsync(CancellationToken cancellation = default)
        {
            await _content.FlushAsync(cancellation);
            var size = _content.Length;
            await _content.DisposeAsync();
            await store.SealAsync(key, cancellation);
            _complete = true;
            return size;
        }

        public override async ValueTask DisposeAsync()
        {
            await _content.DisposeAsync();
            if (!_complete)
                File.Delete(path);
        }
    }
}
