namespace AdvertiseX.Reference;

/// <summary>Spans of each of many things, of which no two may overlap. Not thread-safe.</summary>
/// <typeparam name="T">What tells the things apart.</typeparam>
internal sealed class Spans<T>
    where T : notnull
{
    private readonly Dictionary<T, List<(long From, long To)>> _spans = [];

    /// <summary>Adds a span; false, and not added, if it overlaps another of the same thing.</summary>
    /// <param name="of">The thing.</param>
    /// <param name="from">Where the span begins, inclusive.</param>
    /// <param name="to">Where it ends, exclusive.</param>
    public bool TryAdd(T of, long from, long to)
    {
        if (!_spans.TryGetValue(of, out var spans))
            _spans[of] = spans = [];
        if (spans.Exists(span => from < span.To && span.From < to))
            return false;
        spans.Add((from, to));
        return true;
    }
}
