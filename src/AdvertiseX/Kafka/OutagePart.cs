namespace AdvertiseX.Kafka;

/// <summary>What a worker needs and may have to wait for; programs see the name in snake case.</summary>
internal enum OutagePart
{
    /// <summary>The worker's session as a whole: joining its group, opening partitions.</summary>
    Session,

    /// <summary>The brokers do not answer.</summary>
    Brokers,

    /// <summary>The commit of a unit: the lake, or the question whether topics are still the same.</summary>
    Commit,

    /// <summary>The schema registry.</summary>
    Registry,

    /// <summary>The topic of dead letters.</summary>
    DeadLetters,

    /// <summary>Refreshing models; facts are committed all the same.</summary>
    Models,
}
