using System.Buffers.Binary;
using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Keys;

/// <summary>
/// Makes a key file (<c>docs/decisions/054-key-files.md</c>): a header page that names the sections, the sections, and
/// a checksum for each page of 4,096 bytes. Sections are made in pooled memory and written at once. Not thread-safe.
/// </summary>
/// <param name="rows">Rows of the data file that the keys belong to; 0 for keys without rows.</param>
internal sealed unsafe class KeyFileWriter(long rows) : IDisposable
{
    private readonly List<(string Name, KeySetShape Shape, NativeBuffer Section)> _sections = [];

    /// <summary>Adds a section of the keys of one column. A column of more rows than can be sorted at once has several,
    /// each for the next <see cref="SortedKeys.MaxRows"/> rows.</summary>
    public void Add(string name, SortedKeys keys)
    {
        var shape = KeySetShape.For(keys.Count, Math.Min(rows, SortedKeys.MaxRows));
        var writer = new KeySetWriter(NewSection(name, shape), shape);
        foreach (var entry in keys.Entries)
            writer.Add(SortedKeys.PrefixOf(entry), SortedKeys.RowOf(entry));
        writer.End();
    }

    /// <summary>Adds a section of the prefixes of several sets, without rows.</summary>
    /// <exception cref="KeyFileException">One of the sets is damaged.</exception>
    public void AddUnion(string name, IReadOnlyList<KeySet> sets)
    {
        var shape = KeySetShape.For(sets.Sum(set => set.Count), 0);
        var writer = new KeySetWriter(NewSection(name, shape), shape);
        var union = new KeyUnion(sets);
        while (union.MoveNext())
            writer.Add(union.Prefix, 0);
        writer.End();
    }

    /// <summary>Writes the file to a stream, which is neither flushed nor closed.</summary>
    /// <param name="target">The stream.</param>
    /// <param name="name">The file's name, which it is opened with (<see cref="KeyFile.Open"/>); null for
    /// any.</param>
    /// <exception cref="IOException">The stream cannot be written to.</exception>
    public void WriteTo(Stream target, string? name)
    {
        var header = Header(name, out var pages);
        var checksums = new List<uint>(pages);
        target.Write(header);
        checksums.Add(KeyBytes.ChecksumOf(header));
        foreach (var (_, shape, section) in _sections)
        {
            var bytes = PaddedBytes(shape);
            for (long at = 0; at < bytes; at += KeyBytes.PageBytes)
            {
                var page = new ReadOnlySpan<byte>(section.Pointer + at, KeyBytes.PageBytes);
                checksums.Add(KeyBytes.ChecksumOf(page));
                target.Write(page);
            }
        }

        var table = new byte[checksums.Count * sizeof(uint)];
        for (var i = 0; i < checksums.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(i * sizeof(uint)), checksums[i]);
        target.Write(table);
    }

    public void Dispose()
    {
        foreach (var (_, _, section) in _sections)
            section.Dispose();
    }

    internal static long PaddedBytes(KeySetShape shape) =>
        (shape.Bytes + KeyBytes.PageBytes - 1) / KeyBytes.PageBytes * KeyBytes.PageBytes;

    private byte* NewSection(string name, KeySetShape shape)
    {
        var bytes = PaddedBytes(shape);
        var section = NativePool.Rent(bytes);
        section.Clear(bytes);
        _sections.Add((name, shape, section));
        return section.Pointer;
    }

    private byte[] Header(string? name, out int pages)
    {
        var header = new byte[KeyBytes.PageBytes];
        var content = 1 + (_sections.Sum(section => PaddedBytes(section.Shape)) / KeyBytes.PageBytes);
        pages = checked((int)content);
        KeyFile.Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), pages);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), rows);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), _sections.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(28), name is null ? 0 : KeyFile.HashOf(name));
        var at = KeyFile.SectionsAt;
        foreach (var (section, shape, _) in _sections)
        {
            var text = Encoding.UTF8.GetBytes(section);
            header[at++] = checked((byte)text.Length);
            text.CopyTo(header.AsSpan(at));
            at += text.Length;
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(at), shape.Count);
            header[at + 8] = (byte)shape.BucketBits;
            header[at + 9] = (byte)shape.RowBits;
            at += 10;
        }

        return header;
    }
}
