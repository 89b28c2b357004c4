using System.Security.Cryptography;

namespace AdvertiseX.Spool;

/// <summary>The segment that is being written. Not thread-safe.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly SpoolEnvironment _environment;
    private readonly ISpoolFile _file;

    private SegmentWriter(SpoolEnvironment environment, SpoolSegment segment, ISpoolFile file) =>
        (_environment, Segment, _file) = (environment, segment, file);

    public SpoolSegment Segment { get; }

    /// <summary>When it was begun, microseconds since 1970.</summary>
    public long CreatedMicros => Segment.Name.CreatedMicros;

    /// <summary>Begins a segment: its header and its name are safe when this ends.</summary>
    /// <exception cref="IOException">The disk failed; no file is left, if that can be helped.</exception>
    public static SegmentWriter Begin(SpoolEnvironment environment, SegmentName name)
    {
        var secret = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        var header = new SegmentHeader(secret, name.CreatedMicros);
        ISpoolFile? file = null;
        try
        {
            file = environment.Disk.Create(name.File);
            Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
            header.Write(bytes);
            file.Write(0, bytes);
            file.Flush();
            environment.Disk.FlushNames();
        }
        catch
        {
            file?.Dispose();
            TryDelete(environment.Disk, name.File);
            throw;
        }

        var segment = new SpoolSegment(name, header);
        segment.Grew(SegmentHeader.Bytes, 0);
        return new(environment, segment, file);
    }

    /// <summary>Writes deliveries behind one another; they are safe when this ends.</summary>
    /// <exception cref="IOException">The disk failed; the segment must not be written to any more.</exception>
    public void Write(PendingBatch batch)
    {
        var (at, count, _) = Segment.Extent;
        var bytes = batch.Encode(count, Segment.Header!.Value.Secret);
        _file.Write(at, bytes);
        _file.Flush();
        Segment.Grew(at + bytes.Length, count + batch.Count);
    }

    /// <summary>Ends the segment in order. A failure costs nothing but the mark.</summary>
    public void End()
    {
        var (at, count, _) = Segment.Extent;
        var mark = FrameHeader.End(count, _environment.MicrosNow());
        var secret = Segment.Header!.Value.Secret;
        Span<byte> bytes = stackalloc byte[FrameHeader.Bytes + FrameHeader.ChecksumBytes];
        mark.Write(bytes, secret);
        BitConverter.TryWriteBytes(bytes[FrameHeader.Bytes..], FrameHeader.ChecksumOf([], count, secret));
        try
        {
            _file.Write(at, bytes);
            _file.Flush();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException) { }

        Segment.End();
    }

    /// <summary>Ends the segment after a failure: what is behind its last safe delivery is cut off, if that can be
    /// helped.</summary>
    public void Abandon()
    {
        try
        {
            _file.Truncate(Segment.Extent.Bytes);
            _file.Flush();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException) { }

        Segment.End();
    }

    public void Dispose() => _file.Dispose();

    private static void TryDelete(ISpoolDisk disk, string name)
    {
        try
        {
            disk.Delete(name);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // An empty file is removed at the next start.
        }
    }
}
