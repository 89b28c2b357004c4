using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Consuming;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Tests.Kafka;

/// <summary>What a cluster needs comes from a file of properties; what promises depend on does not.</summary>
public sealed class KafkaConfigTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Properties_join_those_of_the_worker()
    {
        File.WriteAllText(
            _file,
            "# a comment\n\nsecurity.protocol = SASL_SSL\nsasl.password=a=b\nsession.timeout.ms=9000\n"
        );
        var config = KafkaConfig.OfWorker(Options, endsAtEnd: true);
        Assert.Equal(
            ("SASL_SSL", "a=b", 9000),
            (config.Get("security.protocol"), config.SaslPassword, config.SessionTimeoutMs)
        );
        Assert.Equal(
            (AutoOffsetReset.Error, IsolationLevel.ReadCommitted, false, true),
            (config.AutoOffsetReset, config.IsolationLevel, config.EnableAutoOffsetStore, config.EnablePartitionEof)
        );
    }

    [Theory]
    [InlineData("auto.offset.reset=latest", "auto.offset.reset may not be set")]
    [InlineData("isolation.level=read_uncommitted", "isolation.level may not be set")]
    [InlineData("acks=1", "acks may not be set")]
    [InlineData("bootstrap.servers=other:9092", "bootstrap.servers may not be set")]
    [InlineData("partitioner=random", "partitioner may not be set")]
    [InlineData("topic.blacklist=.*", "topic.blacklist may not be set")]
    [InlineData("transactional.id=t", "transactional.id may not be set")]
    [InlineData("retries=0", "retries may not be set")]
    [InlineData(
        "dotnet.producer.enable.delivery.reports=false",
        "dotnet.producer.enable.delivery.reports may not be set"
    )]
    [InlineData("test.mock.num.brokers=3", "test.mock.num.brokers may not be set")]
    [InlineData("security.protocol SSL", "a line of kafka.properties_file is name=value")]
    public void What_may_not_be_set_is_named(string line, string complaint)
    {
        File.WriteAllText(_file, line);
        var wrong = Assert.Throws<SourceException>(() => KafkaConfig.OfWorker(Options, endsAtEnd: false));
        Assert.StartsWith($"{_file}: {complaint}", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 259, null)]
    [InlineData("", 260, "live.drain_seconds is 260: with max.poll.interval.ms at 300000 it is 1 to 259")]
    [InlineData("max.poll.interval.ms=60000", 19, null)]
    [InlineData(
        "max.poll.interval.ms=60000",
        20,
        "live.drain_seconds is 20: with max.poll.interval.ms at 60000 it is 1 to 19"
    )]
    [InlineData(
        "max.poll.interval.ms=40000",
        10,
        "max.poll.interval.ms is 40000: with live.drain_seconds at 10 it is 50001 or more"
    )]
    public void A_worker_drains_in_less_time_than_its_group_waits_for_it(string line, int drain, string? complaint)
    {
        File.WriteAllText(_file, line);
        var config = KafkaConfig.OfWorker(Options, endsAtEnd: false);
        var wrong = Record.Exception(() =>
            KafkaConfig.RequirePollInterval(config, TimeSpan.FromSeconds(drain), PartitionOpener.Patience)
        );
        Assert.Equal(complaint, wrong?.Message);
    }

    private KafkaOptions Options => new() { Brokers = "localhost:9092", PropertiesFile = _file };
}
