using AdvertiseX.Decoding;
using AdvertiseX.Events;

namespace AdvertiseX.Framing.Json;

internal sealed unsafe partial class JsonObjectFramer
{
    /// <summary>Passes over an object or damaged stretch at the front of the window that is longer than the limit, in
    /// flat memory. The block keeps its first 64 kB.</summary>
    private Block CutOversized()
    {
        var from = window.Offset;
        window.Fill(TextRejects.MaxRawBytes);
        var kept = Math.Min(window.Filled, TextRejects.MaxRawBytes);
        var buffer = window.Copy(kept);
        var terminated = *window.Bytes == '{' ? PassObject(out var end) : PassStretch(1, out end);
        kept = (int)Math.Min(kept, window.Offset - from);
        return new Block(buffer, kept, from)
        {
            OversizedLength = end - from,
            SkippedBytes = window.Offset - from - kept,
            UnterminatedFrom = terminated ? null : from,
        };
    }

    /// <summary>Drops the object at the front; false if the stream ends in it.</summary>
    private bool PassObject(out long end)
    {
        var scan = new ObjectScan();
        var dropped = false;
        while (window.Filled > 0)
        {
            var status = scan.Run(window.Bytes, window.Bytes + window.Filled);
            if (status == ObjectScan.Status.Damaged)
                return PassStretch((int)(dropped ? scan.Stopped - window.Bytes : SearchFrom(0, scan.Stopped)), out end);
            window.Drop(status == ObjectScan.Status.Closed ? (int)(scan.Stopped - window.Bytes) : window.Filled);
            end = window.Offset;
            if (status == ObjectScan.Status.Closed)
                return true;
            dropped = true;
            window.Fill(options.BlockBytes);
        }

        end = window.Offset;
        return false;
    }

    /// <summary>Drops everything up to the next object from <paramref name="at"/> on; false if the stream has
    /// none.</summary>
    private bool PassStretch(int at, out long end)
    {
        while (true)
        {
            var dropped = Math.Max(0, at - NextObject.LookBehind);
            window.Drop(dropped);
            at -= dropped;
            window.Fill(at + _maxRecordBytes + NextObject.Lookahead + options.BlockBytes);
            var found = nextObject.Find(window.Bytes, 0, at, window.Filled, window.Ended, out var undecided);
            if (undecided)
            {
                at = found;
                continue;
            }

            var terminated = found < window.Filled;
            var trimmed = found;
            while (trimmed > 0 && IsSeparator(window.Bytes[trimmed - 1]))
                trimmed--;
            end = window.Offset + trimmed;
            window.Drop(found);
            return terminated;
        }
    }
}
