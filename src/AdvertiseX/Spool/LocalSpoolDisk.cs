using AdvertiseX.Lake.Storage;
using Microsoft.Win32.SafeHandles;

namespace AdvertiseX.Spool;

/// <summary>A folder of a local disk, locked for one process.</summary>
internal sealed class LocalSpoolDisk : ISpoolDisk
{
    private const string LockName = "spool.lock";
    private readonly string _folder;
    private readonly FileStream _lock;

    /// <param name="folder">The folder; made if it is not there.</param>
    /// <exception cref="IOException">It cannot be made, or another process has it.</exception>
    public LocalSpoolDisk(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Make(_folder);
        var locked = Path.Combine(_folder, LockName);
        try
        {
            _lock = new FileStream(locked, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(locked))
        {
            throw new IOException(
                $"another process keeps deliveries in {_folder}; give each its own spool.path",
                taken
            );
        }
    }

    public long FreeBytes => new DriveInfo(_folder).AvailableFreeSpace;

    public IReadOnlyList<string> Names() =>
        [.. new DirectoryInfo(_folder).EnumerateFiles().Select(file => file.Name).Where(name => name != LockName)];

    public ISpoolFile Create(string name) => Open(name, FileMode.CreateNew);

    public ISpoolFile Open(string name) => Open(name, FileMode.Open);

    public void Delete(string name) => File.Delete(Path.Combine(_folder, name));

    public void FlushNames()
    {
        if (!OperatingSystem.IsWindows())
            PosixFile.FlushDirectory(_folder);
    }

    public void Dispose() => _lock.Dispose();

    private LocalFile Open(string name, FileMode mode) =>
        new(
            File.OpenHandle(Path.Combine(_folder, name), mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete)
        );

    private static void Make(string folder)
    {
        if (Directory.Exists(folder))
            return;
        if (Path.GetDirectoryName(folder) is { Length: > 0 } above)
        {
            Make(above);
            Directory.CreateDirectory(folder);
            if (!OperatingSystem.IsWindows())
                PosixFile.FlushDirectory(above);
        }
    }

    private sealed class LocalFile(SafeFileHandle handle) : ISpoolFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> into)
        {
            var filled = 0;
            while (
                filled < into.Length && RandomAccess.Read(handle, into[filled..], offset + filled) is > 0 and var read
            )
                filled += read;
            return filled;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
