namespace AdvertiseX.Kafka;

/// <summary>Kinds of <see cref="KafkaNotice"/>; the code is the name in snake case.</summary>
internal enum KafkaNoticeKind
{
    /// <summary>The group gave the worker partitions.</summary>
    Assigned,

    /// <summary>The group took partitions away, after what was read of them was committed or given up.</summary>
    Revoked,

    /// <summary>The worker was silent for too long, and others have its partitions.</summary>
    Lost,

    /// <summary>Somebody else committed a part of a stream; the worker reads on after it.</summary>
    Taken,

    /// <summary>Something that is needed failed and is tried again.</summary>
    Outage,

    /// <summary>What failed answers again.</summary>
    Recovered,

    /// <summary>An alarm: a topic was deleted and made again under its name; it is a new stream from its
    /// beginning.</summary>
    Recreated,

    /// <summary>An alarm: the topic's retention removed records before they were read.</summary>
    RecordsGone,

    /// <summary>An alarm: rejected records are in the lake alone, as their topic is not there or may not be
    /// written.</summary>
    DeadLettersOff,

    /// <summary>An alarm: the broker was told by the group of more than this lake holds: another lake uses the group,
    /// or the lake was put back to an earlier state.</summary>
    GroupOfOthers,

    /// <summary>An alarm: messages name their schemas by a registry's ids, and no registry is configured.</summary>
    NoRegistry,

    /// <summary>A topic is not as the configuration says.</summary>
    TopicDiffers,

    /// <summary>A message of the client that needs nothing done.</summary>
    Client,
}
