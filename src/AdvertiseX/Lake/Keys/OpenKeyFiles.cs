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

    // The file longest unused first.
    private readonly LinkedList<OpenFile> _byUse = new();

    // Those whose pages were not counted since they were opened.
    private readonly HashSet<OpenFile> _unsettled = [];
    private long _settledBytes;

    /// <summary>Memory for pages.</summary>
    public long BudgetBytes => budgetBytes;

    /// <summary>Opens a file, or finds it open.</summary>
    /// <exception cref="KeyFileException">It is not there, or damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public KeyFile Open(string key)
    {
        if (_files.TryGetValue(key, out var file))
            _byUse.Remove(file.Use);
        else
            _files.Add(key, file = new OpenFile(store, key));
        _byUse.AddLast(file.Use);
        _unsettled.Add(file);
        return file.Content ?? file.Open();
    }

    /// <summary>Lets a file go, as it is damaged or no longer needed.</summary>
    public void Drop(string key)
    {
        if (!_files.Remove(key, out var file))
            return;
        _byUse.Remove(file.Use);
        _unsettled.Remove(file);
        _settledBytes -= file.SettledBytes;
        file.Dispose();
    }

    /// <summary>Closes what is open on the disk and keeps pages within the budget. What was opened before may no longer
    /// be used.</summary>
    public void Settle()
    {
        foreach (var file in _unsettled)
            _settledBytes += file.Settle();
        _unsettled.Clear();
        while (_settledBytes > budgetBytes || _files.Count > MostFiles)
            Drop(_byUse.First!.Value.Key);
    }

    public void Dispose()
    {
        foreach (var file in _files.Values)
            file.Dispose();
        _files.Clear();
    }

    private sealed class OpenFile : IDisposable
    {
        private readonly IObjectStore _store;
        private ObjectReader? _reader;

        public OpenFile(IObjectStore store, string key)
        {
            (_store, Key) = (store, key);
            Use = new(this);
        }

        public string Key { get; }

        public KeyFile? Content { get; private set; }

        /// <summary>Its place among the files by use.</summary>
        public LinkedListNode<OpenFile> Use { get; }

        /// <summary>Memory that it took when it was settled last.</summary>
        public long SettledBytes { get; private set; }

        public KeyFile Open()
        {
            _reader = OpenReader();
            return Content = KeyFile.Open(new RangeInput(_reader.Length, Read), Key);
        }

        /// <summary>Closes it on the disk, and tells how much more memory it takes than before.</summary>
        public long Settle()
        {
            CloseReader();
            var more = (Content?.LoadedBytes ?? 0) - SettledBytes;
            SettledBytes += more;
            return more;
        }

        public void Dispose()
        {
            CloseReader();
            Content?.Dispose();
            Content = null;
        }

        private void CloseReader()
        {
            _reader?.Dispose();
            _reader = null;
        }

        private int Read(Span<byte> buffer, long offset) => (_reader ??= OpenReader()).Read(buffer, offset);

        private ObjectReader OpenReader()
        {
            try
            {
                return _store.OpenReader(Key);
            }
            catch (Exception absent) when (ObjectAbsence.IsCauseOf(absent))
            {
                throw new KeyFileException($"{Key} is not there");
            }
            catch (LinkedObjectException)
            {
                throw new KeyFileException($"{Key} is a symbolic link");
            }
        }
    }
}
