namespace AdvertiseX.Contracts;

/// <summary>What a contract may name for events without a time. A time that is there and wrong is never
/// replaced.</summary>
internal static class TimeFallbacks
{
    /// <summary>The start, in the contract's zone, of the day that the file's name or its last folders tell.</summary>
    public const string FileDate = "file_date";

    /// <summary>When the ingest began; only for events with an id of their own, as a made one would differ at each
    /// reading.</summary>
    public const string ReceivedTime = "received_time";

    public static IReadOnlyList<string> All { get; } = [FileDate, ReceivedTime];

    /// <exception cref="ContractException">A field names a fall-back that it may not have.</exception>
    internal static void Check(Contract contract, string from, string field, IReadOnlyList<string> fallback)
    {
        var key = $"{from}: fields.{field}.fallback";
        if (fallback.Count > 0 && field != "event_time")
            throw new ContractException($"{key} is set; only event_time has a fallback");
        if (fallback.FirstOrDefault(name => !All.Contains(name)) is { } unknown)
            throw new ContractException($"{key} names '{unknown}'; allowed are {string.Join(", ", All)}");
        if (fallback.Distinct().Count() < fallback.Count)
            throw new ContractException(
                $"{key} names a fallback twice; allowed are {string.Join(", ", All)}, each once"
            );
        if (!fallback.Contains(ReceivedTime))
            return;
        foreach (var kind in ContractFields.KindsOf(contract.Feed))
        {
            var ids = ContractFields.OwnIdsOf(kind);
            if (ids.Any(id => contract.Fields.TryGetValue(id, out var mapping) && mapping.From.Count > 0))
                continue;
            throw new ContractException(
                $"{key} names '{ReceivedTime}'; it is allowed only for events with an id of their own, and fields has no "
                    + $"{string.Join(" or ", ids)} with a source; allowed is {FileDate}"
            );
        }
    }
}
