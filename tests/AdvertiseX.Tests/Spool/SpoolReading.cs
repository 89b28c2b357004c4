using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Spool;

namespace AdvertiseX.Tests.Spool;

/// <summary>Reads segments as the worker does, without a lake.</summary>
internal static class SpoolReading
{
    /// <summary>Deliveries of all segments in order, each its body; of damage the numbers that are lost.</summary>
    public static List<string> Of(EventSpool spool, Feed feed)
    {
        var read = new List<string>();
        SpoolSegment? last = null;
        while (spool.Segments.After(feed, last) is { } segment)
        {
            read.AddRange(Of(spool, segment));
            last = segment;
        }

        return read;
    }

    public static List<string> Of(EventSpool spool, SpoolSegment segment)
    {
        var read = new List<string>();
        using var file = spool.Open(segment);
        using var reader = new SegmentReader(file, segment.Header!.Value.Secret);
        var (bytes, count, isEnded) = segment.Extent;
        while (true)
        {
            var from = reader.Next;
            switch (reader.Read(bytes, isEnded ? count : null))
            {
                case SegmentPart.Delivery:
                    read.Add(Encoding.UTF8.GetString(reader.Body));
                    break;
                case SegmentPart.Damage:
                    read.Add($"lost {from} to {reader.Next}");
                    break;
                default:
                    return read;
            }
        }
    }
}
