using System.Globalization;

namespace AdvertiseX.Spool;

/// <summary>Finds out what a spool holds when it is opened: cuts off what was being written when the process ended, and
/// learns the keys of the last hours.</summary>
/// <param name="environment">The disk.</param>
/// <param name="segments">Takes the segments.</param>
/// <param name="keys">Takes the keys.</param>
internal sealed class SpoolRecovery(SpoolEnvironment environment, SegmentList segments, DeliveryKeys keys)
{
    /// <exception cref="IOException">The disk fails.</exception>
    public void Run()
    {
        // In the order of their beginning, so that of a key that was used again the first delivery counts.
        foreach (var file in environment.Disk.Names().Order(StringComparer.Ordinal))
            if (SegmentName.Parse(file) is { } name)
            {
                if (SegmentName.IsKeysFile(file))
                    TakeKeys(name);
                else
                    TakeSegment(name);
            }

        environment.Disk.FlushNames();
    }

    private void TakeKeys(SegmentName name)
    {
        using var file = environment.Disk.Open(name.KeysFile);
        var bytes = new byte[file.Length];
        var entries = file.Read(0, bytes) == bytes.Length ? KeysFile.Read(bytes) : null;
        if (entries is null)
            // Written in part when the process ended: its segment is still there.
            environment.Tell(
                SpoolNoticeKind.SpoolCut,
                $"{name.KeysFile}: the keys cannot be read, and its deliveries are not known again if they are no longer here"
            );
        var newest = 0L;
        foreach (var (key, position, received) in entries ?? [])
        {
            keys.Add(key, name, position, received);
            newest = Math.Max(newest, received);
        }

        segments.AddKeysFile(name.KeysFile, newest);
    }

    private void TakeSegment(SegmentName name)
    {
        using var file = environment.Disk.Open(name.File);
        var length = file.Length;
        if (length < SegmentHeader.Bytes)
        {
            // Nothing is acknowledged before the header is safe.
            environment.Disk.Delete(name.File);
            return;
        }

        var head = new byte[SegmentHeader.Bytes];
        file.Read(0, head);
        if (SegmentHeader.Read(head) is { } header)
            TakeFrames(new SpoolSegment(name, header), file, length);
        else if (length == SegmentHeader.Bytes)
            environment.Disk.Delete(name.File);
        else
            TakeUnreadable(new SpoolSegment(name, null), length);
    }

    private void TakeUnreadable(SpoolSegment segment, long length)
    {
        environment.Tell(
            SpoolNoticeKind.SpoolDamaged,
            $"{segment.Name.File}: both copies of the header are damaged; {length} bytes become one reject"
        );
        segment.Grew(length, 1);
        segment.End();
        segments.Add(segment);
    }

    private void TakeFrames(SpoolSegment segment, ISpoolFile file, long length)
    {
        var (lost, isEnded) = (0L, false);
        using var reader = new SegmentReader(file, segment.Header!.Value.Secret);
        while (!isEnded)
        {
            var before = reader.Next;
            var part = reader.Read(length, count: null);
            if (part == SegmentPart.Nothing)
                break;
            isEnded = part == SegmentPart.End;
            if (part == SegmentPart.Damage)
                lost += reader.Next - before;
            else if (part == SegmentPart.Delivery && reader.Header.KeyLength > 0)
                keys.Add(
                    DeliveryKey.Of(reader.Key, segment.Name.Feed, reader.Header.Format, reader.Body),
                    segment.Name,
                    reader.Header.Index,
                    reader.Header.ReceivedMicros
                );
        }

        if (!isEnded && reader.At < length)
            CutTail(segment.Name, file, reader.At, length);
        if (lost > 0)
            environment.Tell(
                SpoolNoticeKind.SpoolDamaged,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{segment.Name.File}: {lost} deliveries are damaged, and become rejects"
                )
            );
        segment.Grew(Math.Min(reader.At, length), reader.Next);
        segment.End();
        segments.Add(segment);
    }

    private void CutTail(SegmentName name, ISpoolFile file, long at, long length)
    {
        file.Truncate(at);
        file.Flush();
        environment.Tell(
            SpoolNoticeKind.SpoolCut,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name.File}: {length - at} bytes behind its last whole delivery, which nobody was promised, are cut off"
            )
        );
    }
}
