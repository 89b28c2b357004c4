using System.Buffers.Binary;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Positions of streams in one object, ordered by the hash of the stream's name: blocks of lines (16 hex digits of the
/// hash, a space, the position in JSON), then where each block begins, then numbers. Which block a name is in, its hash
/// tells, so a look-up reads one. Immutable, safe for many threads.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="key">Key of the object.</param>
internal sealed class StreamSegment(IObjectStore store, string key)
{
    private const int StreamsOfBlock = 16;
    private const int HashDigits = 16;
    private const int ChecksumBytes = sizeof(long);
    private const string Purpose = "it holds positions of streams that were read long ago.";
    private const int FooterBytes = 2 * sizeof(long) + 8;

    private volatile long[]? _starts;

    private static ReadOnlySpan<byte> Magic => "ADXSTRM1"u8;

    public string Key => key;

    /// <summary>The position of a stream, or null when it is not in the object.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    /// <exception cref="DeltaException">The object is damaged or not there.</exception>
    public StreamPosition? Find(string stream)
    {
        using var content = Open();
        var starts = _starts ??= ReadStarts(content);
        var hash = HashOf(stream);
        foreach (var (entry, line) in ReadBlock(content, starts, BlockOf(hash, starts.Length - 1)))
            if (entry == hash && LedgerJson.ReadPosition(line, key) is var position && position.Stream == stream)
                return position;
        return null;
    }

    /// <summary>Every line in the order of hashes.</summary>
    /// <inheritdoc cref="Find"/>
    public IEnumerable<(ulong Hash, ReadOnlyMemory<byte> Json)> Read()
    {
        using var content = Open();
        var starts = _starts ??= ReadStarts(content);
        for (var block = 0; block < starts.Length - 1; block++)
            foreach (var line in ReadBlock(content, starts, block))
                yield return line;
    }

    /// <summary>Writes an object.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">A key that nobody else uses.</param>
    /// <param name="lines">Positions in the order of hashes.</param>
    /// <param name="count">About how many there are.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="IOException">The store failed.</exception>
    public static async ValueTask<long> WriteAsync(
        IObjectStore store,
        string key,
        IEnumerable<(ulong Hash, ReadOnlyMemory<byte> Json)> lines,
        long count,
        CancellationToken cancellation
    )
    {
        await using var file = await store.CreateAsync(key, cancellation);
        var starts = new long[Math.Max(1, count / StreamsOfBlock) + 1];
        var (block, at, written) = (0, 0L, 0L);
        var buffer = new MemoryStream();
        foreach (var (hash, json) in lines)
        {
            for (var wanted = BlockOf(hash, starts.Length - 1); block < wanted; )
                await EndBlockAsync();
            buffer.Write(Encoding.ASCII.GetBytes($"{hash:x16} "));
            buffer.Write(json.Span);
            buffer.WriteByte((byte)'\n');
            written++;
        }
        while (block < starts.Length - 1)
            await EndBlockAsync();
        await file.Content.WriteAsync(FooterOf(starts, written), cancellation);
        await file.CompleteAsync(cancellation);
        return written;

        async ValueTask EndBlockAsync()
        {
            var content = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
            var checksum = new byte[ChecksumBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(checksum, HashOf(content.Span));
            await file.Content.WriteAsync(checksum, cancellation);
            await file.Content.WriteAsync(content, cancellation);
            at += ChecksumBytes + content.Length;
            starts[++block] = at;
            buffer.SetLength(0);
        }
    }

    internal static ulong HashOf(string stream) => HashOf(Encoding.UTF8.GetBytes(stream));

    private static ulong HashOf(ReadOnlySpan<byte> bytes) => (ulong)(StableHash.Hash128(bytes) >> 64);

    private static int BlockOf(ulong hash, int blocks) => (int)Math.BigMul(hash, (ulong)blocks, out _);

    private static byte[] FooterOf(long[] starts, long written)
    {
        var footer = new byte[(starts.Length * sizeof(long)) + FooterBytes];
        for (var i = 0; i < starts.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(footer.AsSpan(i * sizeof(long)), starts[i]);
        var numbers = footer.AsSpan(starts.Length * sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(numbers, written);
        BinaryPrimitives.WriteUInt64LittleEndian(
            numbers[sizeof(long)..],
            HashOf(footer.AsSpan(0, starts.Length * sizeof(long)))
        );
        Magic.CopyTo(numbers[(2 * sizeof(long))..]);
        return footer;
    }

    private long[] ReadStarts(ObjectReader content)
    {
        var end = ReadAt(content, content.Length - FooterBytes - sizeof(long), sizeof(long) + FooterBytes);
        // The last start is where the starts themselves begin.
        var at = BinaryPrimitives.ReadInt64LittleEndian(end);
        if (!end.AsSpan(sizeof(long) + (2 * sizeof(long))).SequenceEqual(Magic) || at < 0 || at > content.Length)
            throw Damaged();
        var bytes = ReadAt(content, at, content.Length - FooterBytes - at);
        if (HashOf(bytes) != BinaryPrimitives.ReadUInt64LittleEndian(end.AsSpan(2 * sizeof(long))))
            throw Damaged();
        var starts = new long[bytes.Length / sizeof(long)];
        for (var i = 0; i < starts.Length; i++)
            starts[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * sizeof(long)));
        return starts;
    }

    private List<(ulong Hash, ReadOnlyMemory<byte> Json)> ReadBlock(ObjectReader content, long[] starts, int block)
    {
        var bytes = ReadAt(content, starts[block], starts[block + 1] - starts[block]);
        ReadOnlyMemory<byte> lines = bytes.AsMemory(ChecksumBytes);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != HashOf(lines.Span))
            throw Damaged();
        var found = new List<(ulong, ReadOnlyMemory<byte>)>();
        while (!lines.IsEmpty)
        {
            var end = lines.Span.IndexOf((byte)'\n');
            var hash = Convert.ToUInt64(Encoding.ASCII.GetString(lines.Span[..HashDigits]), 16);
            found.Add((hash, lines[(HashDigits + 1)..end]));
            lines = lines[(end + 1)..];
        }
        return found;
    }

    private byte[] ReadAt(ObjectReader content, long at, long length)
    {
        if (at < 0 || length < ChecksumBytes || length > int.MaxValue)
            throw Damaged();
        var bytes = new byte[length];
        var filled = 0;
        while (filled < bytes.Length)
        {
            var read = content.Read(bytes.AsSpan(filled), at + filled);
            if (read == 0)
                throw Damaged();
            filled += read;
        }
        return bytes;
    }

    private ObjectReader Open()
    {
        try
        {
            return store.OpenReader(key);
        }
        catch (Exception absent) when (ObjectAbsence.IsCauseOf(absent))
        {
            throw new DeltaException($"{key} is not there: {Purpose}", absent);
        }
    }

    private DeltaException Damaged() => new($"{key} is damaged: {Purpose}");
}
