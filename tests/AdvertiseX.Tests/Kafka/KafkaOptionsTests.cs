using AdvertiseX.Kafka;

namespace AdvertiseX.Tests.Kafka;

/// <summary>Values that a worker could only try again for ever are named at its start.</summary>
public sealed class KafkaOptionsTests
{
    [Fact]
    public void The_defaults_are_allowed()
    {
        Assert.Null(new KafkaOptions().Complaint);
        Assert.Null(new RegistryOptions().Complaint);
        Assert.Null(new KafkaOptions { DeadLetterTopic = "", BidRequestsTopic = "" }.Complaint);
        Assert.Null(new KafkaOptions { ImpressionsTopic = new string('a', 249) }.Complaint);
    }

    // A dead letter was read as a record, rejected and sent again, for ever.
    [Fact]
    public void Dead_letters_do_not_go_into_a_topic_that_is_read()
    {
        var options = new KafkaOptions { DeadLetterTopic = "clicks-conversions" };
        Assert.Equal(
            "kafka.dead_letter_topic is \"clicks-conversions\", which kafka.clicks_conversions_topic is too; allowed: a topic of its own, or empty for none",
            options.Complaint
        );
    }

    [Fact]
    public void Two_feeds_do_not_share_a_topic() =>
        Assert.StartsWith(
            "kafka.bid_requests_topic is \"t\", which kafka.impressions_topic is too",
            new KafkaOptions { ImpressionsTopic = "t", BidRequestsTopic = "t" }.Complaint,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("a topic")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("é")]
    [InlineData("^ad-.*")]
    public void A_name_that_Kafka_does_not_allow_is_named(string topic) =>
        Assert.StartsWith(
            $"kafka.impressions_topic is \"{topic}\"; allowed: 1 to 249 of",
            new KafkaOptions { ImpressionsTopic = topic }.Complaint,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_name_that_is_too_long_is_named() =>
        Assert.Contains(
            "kafka.dead_letter_topic",
            new KafkaOptions { DeadLetterTopic = new string('a', 250) }.Complaint,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_worker_reads_at_least_one_topic() =>
        Assert.StartsWith(
            "the topics of all feeds are empty",
            new KafkaOptions
            {
                ImpressionsTopic = "",
                ClicksConversionsTopic = "",
                BidRequestsTopic = "",
            }.Complaint,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("http://localhost:8081", true)]
    [InlineData("https://registry.example/path/", true)]
    [InlineData("localhost:8081", false)]
    [InlineData("ftp://localhost", false)]
    [InlineData("http://", false)]
    [InlineData("/subjects", false)]
    [InlineData("http://host:99999", false)]
    [InlineData("http://host/?a=b", false)]
    public void An_address_of_a_registry_has_a_host_and_a_scheme(string url, bool isAllowed)
    {
        var complaint = new RegistryOptions { Url = url }.Complaint;
        if (isAllowed)
            Assert.Null(complaint);
        else
            Assert.StartsWith($"registry.url is \"{url}\"; allowed: an http", complaint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:secret@host:8081")]
    [InlineData("http:/user:secret@host")]
    [InlineData("user:secret@host")]
    public void A_password_in_an_address_is_refused_and_not_shown(string url)
    {
        var complaint = new RegistryOptions { Url = url }.Complaint!;
        Assert.DoesNotContain("secret", complaint, StringComparison.Ordinal);
        Assert.Contains("registry.credentials_file", complaint, StringComparison.Ordinal);
    }
}
