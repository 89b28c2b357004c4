using AdvertiseX.Contracts;
using AdvertiseX.Events;

namespace AdvertiseX.Kafka;

/// <summary>A topic and the contract of its feed.</summary>
internal sealed record KafkaFeed(string Topic, CompiledContract Contract)
{
    /// <summary>The topics that the options name.</summary>
    /// <param name="options">Names topics.</param>
    /// <param name="contracts">One a feed; null for those that come with the program.</param>
    public static IReadOnlyList<KafkaFeed> AllOf(
        KafkaOptions options,
        IReadOnlyList<CompiledContract>? contracts = null
    )
    {
        contracts ??= ContractFile.Shipped;
        (string Topic, Feed Feed)[] topics =
        [
            (options.ImpressionsTopic, Feed.Impressions),
            (options.ClicksConversionsTopic, Feed.ClicksConversions),
            (options.BidRequestsTopic, Feed.BidRequests),
        ];
        return
        [
            .. topics
                .Where(each => each.Topic.Length > 0)
                .Select(each => new KafkaFeed(each.Topic, contracts.Single(contract => contract.Feed == each.Feed))),
        ];
    }
}
