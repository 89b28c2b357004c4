using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Spool;

/// <summary>
/// Reads the frames of a segment in order, and finds the next whole one behind damage. What frame follows is known by
/// its number, so damage costs exactly the deliveries whose numbers are missing; bytes that cost none are passed over.
/// Not thread-safe.
/// </summary>
internal sealed unsafe class SegmentReader : IDisposable
{
    /// <summary>Bytes of damage that are kept.</summary>
    public const int MaxDamageBytes = 1 << 20;

    private const int WindowBytes = 1 << 20;

    private readonly ISpoolFile _file;
    private readonly long _secret;
    private NativeBuffer _window = NativePool.Rent(WindowBytes);
    private long _windowFrom;
    private int _windowLength;
    private int _given;
    private int _damage;

    /// <param name="file">The file; stays the caller's.</param>
    /// <param name="secret">Seed of its checksums.</param>
    /// <param name="next">Number of the first delivery that is wanted; those before are passed over.</param>
    public SegmentReader(ISpoolFile file, long secret, long next = 0)
    {
        _file = file;
        _secret = secret;
        Next = next;
    }

    /// <summary>Number of the delivery after everything that was given.</summary>
    public long Next { get; private set; }

    /// <summary>Where the file is read next.</summary>
    public long At { get; private set; } = SegmentHeader.Bytes;

    /// <summary>Header of the frame that was given last.</summary>
    public FrameHeader Header { get; private set; }

    /// <summary>Bytes of damage given last, the first <see cref="MaxDamageBytes"/> of them at most. Valid until the
    /// next call.</summary>
    public ReadOnlySpan<byte> Damage => new(_window.Pointer + _given, _damage);

    /// <summary>Key of the delivery given last. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Key => new(_window.Pointer + _given, Header.KeyLength);

    /// <summary>Body of the delivery given last. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Body => new(_window.Pointer + _given + Header.KeyLength, Header.BodyLength);

    /// <summary>Gives the next part.</summary>
    /// <param name="limit">Where the bytes end that may be read.</param>
    /// <param name="count">Number of deliveries, where it is known that no more follow; else null.</param>
    public SegmentPart Read(long limit, long? count)
    {
        while (true)
        {
            if (TryFrame(At, limit) is { } frame)
            {
                if (frame.Index > Next)
                    return Lost(At, 0, frame.Index);
                if (frame.IsEnd)
                {
                    At += frame.FrameBytes;
                    return SegmentPart.End;
                }

                At += frame.FrameBytes;
                if (frame.Index < Next)
                    continue;
                Header = frame;
                Next++;
                return SegmentPart.Delivery;
            }

            // Bytes that are missing from the header move the first frame.
            var search = At == SegmentHeader.Bytes ? SegmentHeader.Bytes / 2 : At;
            if (Find(search, limit) is not ({ } found, var at))
                return count is { } all && Next < all ? Lost(At, limit - At, all) : SegmentPart.Nothing;
            var from = At;
            At = at;
            if (found.Index > Next)
                return Lost(from, Math.Max(0, at - from), found.Index);
        }
    }

    public void Dispose() => _window.Dispose();

    private SegmentPart Lost(long from, long bytes, long next)
    {
        _damage = Fill(from, (int)Math.Min(bytes, MaxDamageBytes), from + bytes);
        _given = (int)(from - _windowFrom);
        Next = next;
        return SegmentPart.Damage;
    }

    // A whole frame at a place; null if there is none.
    private FrameHeader? TryFrame(long at, long limit)
    {
        if (HeaderAt(at, limit) is not { } header || at + header.FrameBytes > limit)
            return null;
        var bytes = (int)header.FrameBytes;
        if (Fill(at, bytes, limit) < bytes)
            return null;
        var frame = _window.Pointer + (at - _windowFrom);
        var content = new ReadOnlySpan<byte>(frame + FrameHeader.Bytes, header.KeyLength + header.BodyLength);
        var stored = Unsafe.ReadUnaligned<ulong>(frame + bytes - FrameHeader.ChecksumBytes);
        if (stored != FrameHeader.ChecksumOf(content, header.Index, _secret))
            return null;
        _given = (int)(at - _windowFrom) + FrameHeader.Bytes;
        return header;
    }

    private FrameHeader? HeaderAt(long at, long limit)
    {
        if (Fill(at, FrameHeader.Bytes, limit) < FrameHeader.Bytes)
            return null;
        var bytes = new ReadOnlySpan<byte>(_window.Pointer + (at - _windowFrom), FrameHeader.Bytes);
        return FrameHeader.TryRead(bytes, _secret, out var header) ? header : null;
    }

    // The first whole frame behind damage. Nobody who sends knows the secret, so a body holds none.
    private (FrameHeader? Found, long At) Find(long from, long limit)
    {
        for (var at = from; at + FrameHeader.Bytes <= limit; )
        {
            var length = Fill(at, (int)Math.Min(WindowBytes, limit - at), limit);
            var bytes = new ReadOnlySpan<byte>(_window.Pointer + (at - _windowFrom), length);
            var magic = bytes.IndexOf(FrameHeader.Magic);
            if (magic < 0)
            {
                at += Math.Max(1, length - FrameHeader.Magic.Length + 1);
                continue;
            }

            at += magic;
            if (TryFrame(at, limit) is { } whole)
                return (whole, at);
            at++;
        }

        return (null, from);
    }

    // Gets bytes into the window; returns how many there are, fewer than wanted only before the limit or the file's
    // end.
    private int Fill(long at, int bytes, long limit)
    {
        bytes = (int)Math.Min(bytes, limit - at);
        if (at >= _windowFrom && at + bytes <= _windowFrom + _windowLength)
            return bytes;
        if (bytes > _window.Length)
        {
            _window.Dispose();
            _window = NativePool.Rent(bytes);
        }

        // Bytes behind the limit may still change.
        var wanted = (int)Math.Min(Math.Max(bytes, WindowBytes), limit - at);
        _windowFrom = at;
        _windowLength = 0;
        _windowLength = _file.Read(at, new Span<byte>(_window.Pointer, wanted));
        return Math.Min(bytes, _windowLength);
    }
}
