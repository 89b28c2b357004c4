using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Keys;

/// <summary>
/// A key file that is open: named sections of sorted key prefixes (<c>docs/decisions/054-key-files.md</c>), read page
/// by page. For one thread at a time.
/// </summary>
internal sealed class KeyFile : IDisposable
{
    private const int MostSections = 64;
    private readonly KeyBytes _bytes;
    private readonly Dictionary<string, List<KeySet>> _sections;

    private KeyFile(KeyBytes bytes, long rows, Dictionary<string, List<KeySet>> sections)
    {
        _bytes = bytes;
        _sections = sections;
        Rows = rows;
    }

    /// <summary>Rows of the data file; 0 for keys without rows.</summary>
    public long Rows { get; }

    /// <summary>Memory in use.</summary>
    public long LoadedBytes => _bytes.LoadedBytes;

    internal static ReadOnlySpan<byte> Magic => "ADXKEYS2"u8;

    /// <summary>Where the names of the sections begin.</summary>
    internal const int SectionsAt = 36;

    /// <summary>What a file holds of its name.</summary>
    internal static ulong HashOf(string name) => StableHash.Hash64(Encoding.UTF8.GetBytes(name));

    /// <summary>The sections of a column, one for each <see cref="SortedKeys.MaxRows"/> rows; none when the file has
    /// no such column.</summary>
    public IReadOnlyList<KeySet> SectionsOf(string column) => _sections.GetValueOrDefault(column) ?? [];

    /// <summary>Opens a file; the input must stay readable as long as it is open.</summary>
    /// <param name="input">The file.</param>
    /// <param name="name">The name that it was written with.</param>
    /// <exception cref="KeyFileException">It is no key file, or another one, or damaged where it was read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static KeyFile Open(RangeInput input, string name)
    {
        Span<byte> start = stackalloc byte[16];
        if (input.Length < KeyBytes.PageBytes || !input.Fill(start, 0) || !start.StartsWith(Magic))
            throw new KeyFileException("the file is no key file");
        var pages = BinaryPrimitives.ReadInt64LittleEndian(start[8..]);
        if (
            pages is < 1 or > int.MaxValue / sizeof(uint)
            || pages * (KeyBytes.PageBytes + sizeof(uint)) != input.Length
        )
            throw new KeyFileException("the file has another length than its header says");
        var checksums = GC.AllocateUninitializedArray<uint>((int)pages);
        if (!input.Fill(MemoryMarshal.AsBytes(checksums.AsSpan()), pages * KeyBytes.PageBytes))
            throw new KeyFileException("the file ends before its checksums");
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(checksums, checksums);
        var bytes = new KeyBytes(input, checksums);
        try
        {
            return Read(bytes, name);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public void Dispose() => _bytes.Dispose();

    private static unsafe KeyFile Read(KeyBytes bytes, string name)
    {
        bytes.Need(0, KeyBytes.PageBytes);
        var header = new ReadOnlySpan<byte>(bytes.Pointer, KeyBytes.PageBytes);
        var rows = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(header[24..]);
        if (count is < 0 or > MostSections)
            throw new KeyFileException($"the file says that it has {count} sections");
        var named = BinaryPrimitives.ReadUInt64LittleEndian(header[28..]);
        if (named != 0 && named != HashOf(name))
            throw new KeyFileException("the file was written under another name");
        var sections = new Dictionary<string, List<KeySet>>(StringComparer.Ordinal);
        header = header[SectionsAt..];
        long at = KeyBytes.PageBytes;
        for (var i = 0; i < count; i++)
        {
            if (header.Length < 1 + header[0] + 10)
                throw new KeyFileException("the header is too long");
            var section = Encoding.UTF8.GetString(header.Slice(1, header[0]));
            header = header[(1 + header[0])..];
            var shape = new KeySetShape(BinaryPrimitives.ReadInt64LittleEndian(header), header[8], header[9]);
            header = header[10..];
            if (!sections.TryGetValue(section, out var parts))
                sections.Add(section, parts = []);
            parts.Add(new KeySet(bytes, at, shape, (long)parts.Count * SortedKeys.MaxRows));
            at += KeyFileWriter.PaddedBytes(shape);
        }

        return new KeyFile(bytes, rows, sections);
    }
}
