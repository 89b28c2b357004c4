using AdvertiseX.Columns;

namespace AdvertiseX.Bench;

/// <summary>
/// Feeds in two parts: what came in time, and one record in a hundred, chosen by a hash of its bytes and so from all
/// dates, that comes late. Bid requests are lines of JSON here, as Avro files cannot be taken apart line by line.
/// </summary>
internal sealed record LateFeeds(string InTime, string Late)
{
    private const int LateShare = 100;
    private const int BufferBytes = 1 << 20;

    /// <summary>Folders of the feeds in a part.</summary>
    public static string[] FeedsOf(string part) => [.. Folders.Select(f => Path.Combine(part, f))];

    private static string[] Folders => ["impressions", "clicks_conversions", "bid_requests"];

    /// <summary>Takes a set apart into two folders; what lay there is gone.</summary>
    public static LateFeeds Of(FeedSet set, string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, true);
        var parts = new LateFeeds(Path.Combine(folder, "in-time"), Path.Combine(folder, "late"));
        string[] sources = [set.Feeds[0], set.Feeds[1], set.BidRequestLinesFolder];
        for (var i = 0; i < sources.Length; i++)
        {
            foreach (var part in new[] { parts.InTime, parts.Late })
                Directory.CreateDirectory(Path.Combine(part, Folders[i]));
            foreach (var file in Directory.GetFiles(sources[i]))
            {
                var name = Path.Combine(Folders[i], Path.GetFileName(file));
                Split(file, Path.Combine(parts.InTime, name), Path.Combine(parts.Late, name), isCsv: i == 1);
            }
        }

        return parts;
    }

    private static void Split(string from, string inTime, string late, bool isCsv)
    {
        using var input = new FileStream(
            from,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            1,
            FileOptions.SequentialScan
        );
        using var most = new FileStream(inTime, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
        using var few = new FileStream(late, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
        var buffer = new byte[BufferBytes];
        var filled = 0;
        var isHeader = isCsv;
        for (var more = true; more || filled > 0; )
        {
            var read = more ? input.Read(buffer, filled, buffer.Length - filled) : 0;
            more = read > 0;
            filled += read;
            var at = 0;
            while (EndOfRecord(buffer.AsSpan(at, filled - at), isCsv, !more) is > 0 and var length)
            {
                var record = buffer.AsSpan(at, length);
                at += length;
                if (isHeader || StableHash.Hash64(record) % LateShare != 0)
                    most.Write(record);
                if (isHeader || StableHash.Hash64(record) % LateShare == 0)
                    few.Write(record);
                isHeader = false;
            }

            filled -= at;
            Buffer.BlockCopy(buffer, at, buffer, 0, filled);
            if (filled == buffer.Length)
                throw new InvalidDataException($"{from} has a record of more than {BufferBytes} bytes");
        }
    }

    // Length of the first record with its line end; 0 when it is not whole. In CSV a line end between quotes ends
    // nothing.
    private static int EndOfRecord(ReadOnlySpan<byte> bytes, bool isCsv, bool isLast)
    {
        for (var at = 0; ; )
        {
            var end = bytes[at..].IndexOf((byte)'\n');
            if (end < 0)
                return isLast ? bytes.Length : 0;
            at += end + 1;
            if (!isCsv || bytes[..at].Count((byte)'"') % 2 == 0)
                return at;
        }
    }
}
