using AdvertiseX.Contracts;
using AdvertiseX.Events;

namespace AdvertiseX.Kafka;

/// <summary>A topic and the contract of its feed.</summary>
internal sealed record KafkaFeed(string Topic, CompiledContract Contract)
{
    /// <summary>The topics that the options name, by the contracts that come with the program.</summary>
    public static IReadOnlyList<KafkaFeed> AllOf(KafkaOptions options)
    {
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
                .Select(each => new KafkaFeed(each.Topic, ContractFile.ShippedFor(each.Feed))),
        ];
    }
}
