using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Kafka;

namespace AdvertiseX.Tests.Cli;

/// <summary>A configuration that no broker could ever serve ends every command that talks to Kafka before it
/// begins.</summary>
public sealed class KafkaSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"kafka":{"dead_letter_topic":"clicks-conversions"}}""", "kafka.dead_letter_topic is \"clicks")]
    [InlineData("""{"kafka":{"bid_requests_topic":"bid requests"}}""", "kafka.bid_requests_topic is \"bid requests\"")]
    [InlineData("""{"kafka":{"properties_file":"nowhere.properties"}}""", "kafka.properties_file cannot be read")]
    [InlineData("""{"kafka":{"properties_file":"FOLDER/reserved"}}""", "transactional.id may not be set")]
    [InlineData("""{"kafka":{"properties_file":"FOLDER/unknown"}}""", "no.such.property")]
    [InlineData("""{"registry":{"url":"registry:8081"}}""", "registry.url is \"registry:8081\"")]
    public async Task Every_command_ends_with_2_and_names_what_is_wrong(string json, string named)
    {
        _folder.Write("reserved", "transactional.id=t\n");
        _folder.Write("unknown", "no.such.property=t\n");
        var config = _folder.Write("adx.json", json.Replace("FOLDER", _folder.Path, StringComparison.Ordinal));
        string[][] commands =
        [
            ["stream", "--lake", _folder.At("lake")],
            ["produce", _folder.Path],
        ];
        foreach (var command in commands)
        {
            var (code, output, error) = await CliRun.RunAsync([
                .. command,
                "--brokers",
                "127.0.0.1:9",
                "--config",
                config,
            ]);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains(named, error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder.At("lake")));
        }
    }

    [Fact]
    public async Task Where_no_file_of_a_feed_is_there_is_nothing_to_send()
    {
        var (code, output, error) = await CliRun.RunAsync("produce", _folder.Path, "--brokers", "127.0.0.1:9");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"no file of a feed was found in {_folder.Path}", error, StringComparison.Ordinal);

        for (var i = 0; i < 30; i++)
            _folder.Write($"{i}.txt", "nothing");
        (code, output, error) = await CliRun.RunAsync("produce", _folder.Path, "--brokers", "127.0.0.1:9");
        Assert.Equal((1, ""), (code, output));
        Assert.Equal(20 + 1 + 1, error.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("skipped 10 more files", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("produce .")]
    public async Task A_contract_that_is_none_ends_with_2(string command)
    {
        var contract = _folder.Write("mine.json", "{}");
        var (code, _, error) = await CliRun.RunAsync([
            .. command.Split(' '),
            "--brokers",
            "127.0.0.1:9",
            "--contract",
            contract,
        ]);
        Assert.Equal(2, code);
        Assert.Contains("mine.json", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_feed_of_a_topic_has_the_contract_that_was_given()
    {
        var own = CompiledContract.Compile(ContractFile.ShippedFor(Feed.BidRequests).Source with { Name = "mine" });
        var feeds = KafkaFeed.AllOf(
            new KafkaOptions(),
            [ContractFile.ShippedFor(Feed.Impressions), ContractFile.ShippedFor(Feed.ClicksConversions), own]
        );
        Assert.Equal(["impressions", "clicks-conversions", "mine"], feeds.Select(feed => feed.Contract.Source.Name));
    }

    [Fact]
    public async Task A_password_in_the_address_of_a_registry_is_not_printed()
    {
        var (code, _, error) = await CliRun.RunAsync(
            "stream",
            "--brokers",
            "127.0.0.1:9",
            "--registry",
            "http://ann:secret@localhost:8081"
        );
        Assert.Equal(2, code);
        Assert.Contains("registry.credentials_file", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }
}
