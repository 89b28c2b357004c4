using AdvertiseX.Columns;
using AdvertiseX.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake.Keys;

/// <summary>
/// The key files that a process works with: opened when first asked for, their pages kept in memory within a budget,
/// the files longest unused let go first. For one thread at a time.
/// </summary>
/// <param name="store">The lake's store.</param>
/// <param name="budgetBytes">Memory for pages.</param>
internal sealed class OpenKeyFiles(IObjectStore store, long budgetBytes) : IDisposable
{
    private const int MostFiles = 4096;
    private readonly Dictionary<string, OpenFile> _files = new(StringComparer.Ordinal);
    private long _now;

    /// <summary>Memory for pages.</summary>
    public long BudgetBytes => budgetBytes;

    /// <summary>Memory in use.</summary>
    public long UsedBytes => _files.Values.Sum(file => file.Content?.LoadedBytes ?? 0);

    /// <summary>Opens a file, or finds it open.</summary>
    /// <exception cref="KeyFileException">It is not there, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public KeyFile Open(string key)
    {
        if (!_files.TryGetValue(key, out var file))
            _files.Add(key, file = new OpenFile(store, key));
        file.UsedAt = ++_now;
        return file.Content ?? file.Open();
    }

    /// <summary>Lets a file go, as it is damaged or no longer needed.</summary>
    public void Drop(string key)
    {
        if (_files.Remove(key, out var file))
            file.Dispose();
    }

    /// <summary>Closes what is open on the disk and keeps pages within the budget. What was opened before may no longer
    /// be used.</summary>
    public void Settle()
    {
        foreach (var file in _files.Values)
            file.CloseReader();
        var used = UsedBytes;
        if (used <= budgetBytes && _files.Count <= MostFiles)
            return;
        foreach (var (key, file) in _files.OrderBy(each => each.Value.UsedAt).ToList())
        {
            if (used <= budgetBytes && _files.Count <= MostFiles)
                break;
            used -= file.Content?.LoadedBytes ?? 0;
            Drop(key);
        }
    }

    public void Dispose()
    {
        foreach (var file in _files.Values)
            file.Dispose();
        _files.Clear();
    }

    private sealed class OpenFile(IObjectStore store, string key) : IDisposable
    {
        private ObjectReader? _reader;

        public KeyFile? Content { get; private set; }

        public long UsedAt { get; set; }

        public KeyFile Open()
        {
            _reader = OpenReader();
            return Content = KeyFile.Open(new RangeInput(_reader.Length, Read));
        }

        public void CloseReader()
        {
            _reader?.Dispose();
            _reader = null;
        }

        public void Dispose()
        {
            CloseReader();
            Content?.Dispose();
            Content = null;
        }

        private int Read(Span<byte> buffer, long offset) => (_reader ??= OpenReader()).Read(buffer, offset);

        private ObjectReader OpenReader()
        {
            try
            {
                return store.OpenReader(key);
            }
            catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new KeyFileException($"{key} is not there");
            }
            catch (LinkedObjectException)
            {
                throw new KeyFileException($"{key} is a symbolic link");
            }
        }
    }
}
