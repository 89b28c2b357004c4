namespace AdvertiseX.Lake;

/// <summary>Cuts the rows of a date into time slices: each row goes to the smallest slice that rows fill.</summary>
internal static class SliceCut
{
    /// <summary>The parts that rows are cut into.</summary>
    /// <param name="minutes">The rows, in the order of minutes.</param>
    /// <param name="bytes">Size of the files that hold them.</param>
    /// <param name="fillBytes">What a slice must have to get a file of its own. Rows of slices that have less go to the
    /// slice around them, those that fill not even the date to a part without one.</param>
    /// <param name="targetBytes">A slice of the shortest length that has more becomes several files, one after the
    /// other in time.</param>
    public static IReadOnlyList<SlicePart> Of(
        IReadOnlyList<MinuteRows> minutes,
        long bytes,
        long fillBytes,
        long targetBytes
    )
    {
        var parts = new List<SlicePart>();
        var bytesPerRow = bytes / (double)Math.Max(1, minutes.Sum(minute => minute.Rows));
        var left = Take(0, [.. minutes]);
        if (left.Count > 0)
            parts.Add(new SlicePart(null, left));
        return parts;

        double BytesOf(IEnumerable<MinuteRows> some) => some.Sum(minute => minute.Rows) * bytesPerRow;

        // Makes parts of the slices within, then of the slice itself; returns what fills none of them.
        List<MinuteRows> Take(int level, List<MinuteRows> within)
        {
            var isShortest = level == TimeSlice.Lengths.Count - 1;
            var left = isShortest
                ? within
                :
                [
                    .. within
                        .GroupBy(minute => minute.Minute / TimeSlice.Lengths[level + 1])
                        .SelectMany(child => Take(level + 1, [.. child])),
                ];
            if (left.Count == 0 || BytesOf(left) < fillBytes)
                return left;
            var slice = TimeSlice.At(TimeSlice.Lengths[level], left[0].Minute);
            if (isShortest)
                parts.AddRange(InTurn(left).Select(some => new SlicePart(slice, some)));
            else
                parts.Add(new SlicePart(slice, left));
            return [];
        }

        IEnumerable<List<MinuteRows>> InTurn(List<MinuteRows> within)
        {
            var most = BytesOf(within) / Math.Ceiling(BytesOf(within) / targetBytes);
            var some = new List<MinuteRows>();
            foreach (var minute in within)
            {
                if (some.Count > 0 && BytesOf(some.Append(minute)) > most * 1.001)
                {
                    yield return some;
                    some = [];
                }
                some.Add(minute);
            }
            yield return some;
        }
    }
}
