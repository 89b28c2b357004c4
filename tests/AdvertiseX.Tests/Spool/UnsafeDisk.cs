using AdvertiseX.Spool;

namespace AdvertiseX.Tests.Spool;

/// <summary>A disk in memory that loses what was not flushed when the power goes, in part and by chance, and that fails
/// when it is told to. Thread-safe.</summary>
internal sealed class UnsafeDisk(int seed) : ISpoolDisk
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, Content> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _safeNames = new(StringComparer.Ordinal);

    /// <summary>Calls that still succeed; null for all.</summary>
    public int? CallsLeft { get; set; }

    /// <summary>Whether flushes fail.</summary>
    public bool FlushFails { get; set; }

    public int Flushes { get; private set; }

    public long FreeBytes { get; set; } = long.MaxValue;

    public IReadOnlyList<string> Names()
    {
        lock (_lock)
            return [.. _files.Keys];
    }

    public ISpoolFile Create(string name)
    {
        lock (_lock)
        {
            Fail();
            if (!_files.TryAdd(name, new Content()))
                throw new IOException($"{name} is there");
            return new File(this, _files[name]);
        }
    }

    public ISpoolFile Open(string name)
    {
        lock (_lock)
        {
            return new File(this, _files.TryGetValue(name, out var content) ? content : throw new IOException("gone"));
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            Fail();
            _files.Remove(name);
        }
    }

    public void FlushNames()
    {
        lock (_lock)
        {
            Fail();
            _safeNames.Clear();
            _safeNames.UnionWith(_files.Keys);
        }
    }

    public void Dispose() { }

    /// <summary>The bytes of a file, to be changed.</summary>
    public byte[] this[string name]
    {
        get => _files[name].Bytes;
        set => _files[name] = new Content { Bytes = value, Safe = value };
    }

    /// <summary>The disk as it is after a loss of power now: of what was not flushed each byte range may be there, be
    /// zeros, or be missing.</summary>
    public UnsafeDisk AfterPowerLoss(int seed)
    {
        var disk = new UnsafeDisk(seed);
        lock (_lock)
            foreach (var (name, content) in _files)
            {
                if (!_safeNames.Contains(name) && _random.Next(2) == 0)
                    continue;
                var left = content.AfterPowerLoss(_random);
                disk._files.Add(name, new Content { Bytes = left, Safe = left });
                disk._safeNames.Add(name);
            }

        return disk;
    }

    private void Fail()
    {
        if (CallsLeft is not { } left)
            return;
        if (left <= 0)
            throw new IOException("no space left on device");
        CallsLeft = left - 1;
    }

    private sealed class Content
    {
        public byte[] Bytes = [];
        public byte[] Safe = [];

        public byte[] AfterPowerLoss(Random random)
        {
            if (Bytes.AsSpan().SequenceEqual(Safe))
                return Safe;
            byte[] left = [.. Bytes[..Math.Max(Safe.Length, random.Next(Safe.Length, Bytes.Length + 1))]];
            Safe.CopyTo(left, 0);
            // Pages reach the disk in any order.
            const int Page = 64;
            for (var at = Safe.Length; at < left.Length; at += Page)
                if (random.Next(3) == 0)
                    left.AsSpan(at, Math.Min(Page, left.Length - at)).Clear();
            return left;
        }
    }

    private sealed class File(UnsafeDisk disk, Content content) : ISpoolFile
    {
        public long Length => content.Bytes.Length;

        public int Read(long offset, Span<byte> into)
        {
            lock (disk._lock)
            {
                var there = content.Bytes.AsSpan((int)Math.Min(offset, content.Bytes.Length));
                there = there[..Math.Min(there.Length, into.Length)];
                there.CopyTo(into);
                return there.Length;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            lock (disk._lock)
            {
                disk.Fail();
                if (offset + bytes.Length > content.Bytes.Length)
                    Array.Resize(ref content.Bytes, (int)offset + bytes.Length);
                bytes.CopyTo(content.Bytes.AsSpan((int)offset));
            }
        }

        public void Truncate(long length)
        {
            lock (disk._lock)
            {
                disk.Fail();
                content.Bytes = content.Bytes[..(int)length];
            }
        }

        public void Flush()
        {
            lock (disk._lock)
            {
                disk.Fail();
                if (disk.FlushFails)
                    throw new IOException("input/output error");
                disk.Flushes++;
                content.Safe = [.. content.Bytes];
            }
        }

        public void Dispose() { }
    }
}
