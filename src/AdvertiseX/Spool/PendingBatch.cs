using System.Runtime.InteropServices;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>Deliveries of one feed that wait to be written together: their frames one after another, without headers
/// and checksums, which depend on the segment. Not thread-safe.</summary>
internal sealed class PendingBatch : IDisposable
{
    private const int FirstBytes = 1 << 16;

    private readonly List<Entry> _entries = [];
    private NativeBuffer _buffer = NativePool.Rent(FirstBytes);

    public int Count => _entries.Count;

    /// <summary>Bytes of the frames.</summary>
    public int Bytes { get; private set; }

    /// <summary>Copies a delivery.</summary>
    /// <returns>Ends when it is safe, or is known not to be.</returns>
    public Task<SpoolReceipt> Add(Delivery delivery, ReadOnlySpan<byte> key, DeliveryKey? hash, long receivedMicros)
    {
        var header = new FrameHeader(0, receivedMicros, delivery.Format, key.Length, delivery.Body.Length);
        var bytes = (int)header.FrameBytes;
        Reserve(Bytes + bytes);
        var content = _buffer.Span.Slice(Bytes + FrameHeader.Bytes, key.Length + delivery.Body.Length);
        key.CopyTo(content);
        delivery.Body.Span.CopyTo(content[key.Length..]);
        Bytes += bytes;
        var entry = new Entry(header, hash, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _entries.Add(entry);
        return entry.Kept.Task;
    }

    /// <summary>Makes the bytes that are written: gives frames their numbers and checksums.</summary>
    /// <param name="first">Number of the first.</param>
    /// <param name="secret">Of the segment.</param>
    public ReadOnlySpan<byte> Encode(long first, long secret)
    {
        var at = _buffer.Span[..Bytes];
        foreach (var (header, _, _) in _entries)
        {
            var numbered = header with { Index = first++ };
            numbered.Write(at, secret);
            var content = at.Slice(FrameHeader.Bytes, header.KeyLength + header.BodyLength);
            var checksum = FrameHeader.ChecksumOf(content, numbered.Index, secret);
            MemoryMarshal.Write(at[(FrameHeader.Bytes + content.Length)..], checksum);
            at = at[(int)header.FrameBytes..];
        }

        return _buffer.Span[..Bytes];
    }

    /// <summary>They are safe.</summary>
    /// <param name="segment">Where.</param>
    /// <param name="first">Number of the first.</param>
    /// <param name="keys">Remembers their keys.</param>
    public void Kept(SegmentName segment, long first, DeliveryKeys keys)
    {
        var stream = segment.Stream;
        foreach (var (header, key, kept) in _entries)
        {
            if (key is { } known)
                keys.Add(known, segment, first, header.ReceivedMicros);
            kept.SetResult(new(stream, first++));
        }
    }

    /// <summary>They are not safe.</summary>
    public void Failed(SpoolUnavailableException why)
    {
        foreach (var entry in _entries)
            entry.Kept.SetException(why);
    }

    /// <summary>Whether any has a key.</summary>
    public bool HasKeys => _entries.Exists(entry => entry.Key is not null);

    public void Clear()
    {
        _entries.Clear();
        Bytes = 0;
        if (_buffer.Length <= FirstBytes * 64)
            return;
        _buffer.Dispose();
        _buffer = NativePool.Rent(FirstBytes);
    }

    public void Dispose() => _buffer.Dispose();

    private void Reserve(int bytes)
    {
        if (bytes <= _buffer.Length)
            return;
        var grown = NativePool.Rent(Math.Max(bytes, _buffer.Length * 2));
        _buffer.Span[..Bytes].CopyTo(grown.Span);
        _buffer.Dispose();
        _buffer = grown;
    }

    private readonly record struct Entry(FrameHeader Header, DeliveryKey? Key, TaskCompletionSource<SpoolReceipt> Kept);
}
