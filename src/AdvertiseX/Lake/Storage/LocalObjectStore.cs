using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace AdvertiseX.Lake.Storage;

/// <summary>
/// A folder on a local disk as an object store. Put-if-absent writes a temporary file, flushes it and gives it its name
/// with <c>link(2)</c>, which exactly one of many can do (<c>docs/decisions/010-put-if-absent-by-link.md</c>).
/// Temporary files lie in <c>.tmp</c> under the root and are never listed.
/// </summary>
public sealed class LocalObjectStore : IObjectStore, IDraftStore
{
    private const string TemporaryFolder = ".tmp";
    private const int SmallBytes = 1 << 17;
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
        using var draft = await WriteDraftAsync(content, cancellation);
        return await draft.PutIfAbsentAsync(key);
    }

    /// <inheritdoc/>
    async ValueTask<ObjectDraft> IDraftStore.DraftAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        OperatingSystem.IsWindows() ? new WholeDraft(this, content) : await WriteDraftAsync(content, cancellation);

    /// <inheritdoc/>
    IAsyncEnumerable<StoredObject> IDraftStore.DraftsAsync(CancellationToken cancellation) =>
        ListAsync(TemporaryFolder + "/", null, cancellation);

    /// <inheritdoc/>
    public async ValueTask PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        MakeFolderOf(path);
        var draft = await WriteTemporaryAsync(content, cancellation);
        // Replacing is rename(2), which is atomic; the banned overload is only unsafe as a put-if-absent.
        try
        {
#pragma warning disable RS0030
            File.Move(draft, path, overwrite: true);
#pragma warning restore RS0030
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
        FaultPoint.Reach("put: renamed");
        FlushFolderOf(path);
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation = default)
    {
        var path = PathOf(key);
        // To ask first costs less than the exception: whoever follows a log asks for what is not there yet.
        if (!File.Exists(path))
            return null;
        try
        {
            using var file = File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            // A commit is read in less time than it takes to wake another thread.
            return RandomAccess.GetLength(file) <= SmallBytes
                ? ReadSmall(file)
                : await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception absent) when (ObjectAbsence.IsCauseOf(absent))
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
        catch (Exception absent) when (ObjectAbsence.IsCauseOf(absent))
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
            throw new LinkedObjectException(
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
        foreach (var entry in EntriesOf(folder, after))
        {
            // A file may be deleted while it is listed; then it is no longer an object.
            if (entry is { } there)
                found.Add(there);
        }
        found.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        foreach (var each in found)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return each;
        }
    }

    /// <summary>The files below a folder, in no order; only those are asked for their size and time whose key is after
    /// <paramref name="after"/>. Null for a file that is gone.</summary>
    private FileSystemEnumerable<StoredObject?> EntriesOf(string folder, string? after) =>
        new(
            folder,
            (ref FileSystemEntry entry) =>
            {
                var modified = entry.LastWriteTimeUtc;
                return modified.UtcTicks < DateTime.UnixEpoch.Ticks
                    ? null
                    : new StoredObject(KeyOf(ref entry), entry.Length, modified);
            },
            new EnumerationOptions
            {
                RecurseSubdirectories = true,
                AttributesToSkip = 0,
                IgnoreInaccessible = false,
                MatchType = MatchType.Win32,
            }
        )
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                !entry.IsDirectory && (after is null || string.CompareOrdinal(KeyOf(ref entry), after) > 0),
            ShouldRecursePredicate = (ref FileSystemEntry entry) =>
                !(entry.FileName is TemporaryFolder && entry.Directory.Length <= _root.Length),
        };

    private string KeyOf(ref FileSystemEntry entry)
    {
        var below = entry.Directory[Math.Min(_root.Length, entry.Directory.Length)..].Trim(Path.DirectorySeparatorChar);
        var key = below.Length == 0 ? entry.FileName.ToString() : string.Concat(below, "/", entry.FileName);
        return Path.DirectorySeparatorChar == '/' ? key : key.Replace(Path.DirectorySeparatorChar, '/');
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

    private static byte[] ReadSmall(SafeFileHandle file)
    {
        var content = new byte[RandomAccess.GetLength(file)];
        var filled = 0;
        while (filled < content.Length && RandomAccess.Read(file, content.AsSpan(filled), filled) is > 0 and var read)
            filled += read;
        return filled == content.Length ? content : content[..filled];
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

    private async ValueTask<LinkedDraft> WriteDraftAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var draft = await WriteTemporaryAsync(content, cancellation);
        FaultPoint.Reach("put: temporary file written");
        return new(this, draft);
    }

    private async ValueTask<string> WriteTemporaryAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        Directory.CreateDirectory(_temporary);
        var draft = Path.Combine(_temporary, Guid.NewGuid().ToString("N"));
        try
        {
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
        catch
        {
            // On a full disk what was written would keep it full.
            File.Delete(draft);
            throw;
        }
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

    /// <summary>A temporary file that gets the names it wins.</summary>
    private sealed class LinkedDraft(LocalObjectStore store, string draft) : ObjectDraft
    {
        public override async ValueTask<bool> PutIfAbsentAsync(string key)
        {
            var path = store.PathOf(key);
            MakeFolderOf(path);
            var isMine = PosixFile.Link(draft, path);
            FaultPoint.Reach("put: linked");
            if (!isMine)
                return false;
            await WaitAsideAsync(() => FlushFolderOf(path));
            FaultPoint.Reach("put: directory flushed");
            return true;
        }

        public override void Dispose() => File.Delete(draft);
    }

    /// <summary>Content that is written anew for each name.</summary>
    private sealed class WholeDraft(LocalObjectStore store, ReadOnlyMemory<byte> content) : ObjectDraft
    {
        public override ValueTask<bool> PutIfAbsentAsync(string key) => store.PutIfAbsentAsync(key, content);

        public override void Dispose() { }
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
            try
            {
                await _content.DisposeAsync();
            }
            catch (IOException) when (!_complete)
            {
                // What is left in the buffer fits on the disk no better than what failed before.
            }
            finally
            {
                if (!_complete)
                    File.Delete(path);
            }
        }
    }
}
