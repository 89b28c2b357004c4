using AdvertiseX.Events;

namespace AdvertiseX.Lake;

/// <summary>What must hold within one batch before it may be committed.</summary>
internal static class LedgerBatchRules
{
    private static readonly HashSet<string> FactNames =
    [
        .. Enum.GetValues<EventKind>().Select(kind => FactTables.Of(kind).Name),
    ];

    /// <summary>Tables of the batch in which duplicates are looked for: those that hold facts.</summary>
    public static HashSet<string> JudgedTables(LedgerBatch batch) =>
        [.. batch.Files.Select(file => file.Table).Where(FactNames.Contains)];

    /// <exception cref="ArgumentException">The batch contradicts itself.</exception>
    public static void Require(LedgerBatch batch)
    {
        if (batch.Streams.Count == 0)
            throw new ArgumentException("A batch without a stream says nothing.");
        var streams = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stream in batch.Streams)
        {
            if (!streams.Add(stream.Stream))
                throw new ArgumentException($"The batch names the stream {stream.Stream} twice.");
            RequireStream(stream);
        }
        RequireRows(batch);
    }

    private static void RequireStream(StreamAdvance stream)
    {
        if (stream.From < 0 || stream.Next < stream.From)
            throw new ArgumentException($"The stream {stream.Stream} goes from {stream.From} to {stream.Next}.");
        if (stream.Counts.Select(counts => counts.Kind).Distinct().Count() != stream.Counts.Count)
            throw new ArgumentException($"The stream {stream.Stream} counts a kind twice.");
        foreach (var counts in stream.Counts)
        {
            if (!counts.Conserves)
            {
                throw new ArgumentException(
                    $"The stream {stream.Stream} received {counts.Received} {counts.Kind}, and accepted {counts.Accepted}, duplicate {counts.Duplicate}, "
                        + $"rejected {counts.Rejected} (by reason {counts.Reasons.Values.Sum()}) and filtered {counts.Filtered} do not add up to that."
                );
            }
        }
        if (stream.File is { } file && file.ContentLength != stream.Next)
            throw new ArgumentException(
                $"The file {file.Path} is hashed up to {file.ContentLength} and read up to {stream.Next}."
            );
    }

    private static void RequireRows(LedgerBatch batch)
    {
        if (batch.Correction is not null)
            return;
        var accepted = batch
            .Streams.SelectMany(stream => stream.Counts)
            .GroupBy(counts => counts.Kind, StringComparer.Ordinal)
            .ToDictionary(kind => kind.Key, kind => kind.Sum(counts => counts.Accepted), StringComparer.Ordinal);
        accepted[FactTables.Rejects.Name] = batch.Streams.Sum(stream => stream.Counts.Sum(counts => counts.Rejected));
        var staged = batch
            .Files.GroupBy(file => file.Table, StringComparer.Ordinal)
            .ToDictionary(table => table.Key, table => table.Sum(file => file.Rows), StringComparer.Ordinal);
        foreach (var table in accepted.Keys.Union(staged.Keys))
        {
            if (
                accepted.GetValueOrDefault(table) is var counted
                && staged.GetValueOrDefault(table) is var rows
                && counted != rows
            )
                throw new ArgumentException($"The batch counts {counted} rows for {table} and staged {rows}.");
        }
    }
}
