using AdvertiseX.Contracts;

namespace AdvertiseX.Sources;

/// <summary>One stream of events: a file, a topic's partition, a spool's segments.</summary>
internal interface IEventStream
{
    /// <summary>What to call it in messages, and the beginning of its stream's name: a path, a topic and
    /// partition.</summary>
    string Name { get; }

    /// <summary>How its fields map.</summary>
    CompiledContract Contract { get; }

    /// <summary>True if it never ends by itself: it is read until the run is stopped, and its records are received as
    /// they are read, not all of them when it is opened.</summary>
    bool IsEndless { get; }

    /// <summary>Told after a commit: everything before <paramref name="next"/> is in the ledger. Never throws for an
    /// outage.</summary>
    ValueTask CommittedAsync(long next, CancellationToken cancellation);
}
