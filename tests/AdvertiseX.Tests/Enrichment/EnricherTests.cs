using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Enrichment;
using AdvertiseX.Events;

namespace AdvertiseX.Tests.Enrichment;

public class EnricherTests
{
    private const string Phone =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Mobile/15E148 Safari/604.1";

    [Theory]
    [InlineData("https://www.News.example.com/a?b=c", "news.example.com")]
    [InlineData("http://user:pw@shop.example:8080/x", "shop.example")]
    [InlineData("//cdn.example.com", "cdn.example.com")]
    [InlineData("example.com/path", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("https:///nothing", null)]
    [InlineData("not a host/x", null)]
    public void Domain_comes_from_the_page(string url, string? domain) =>
        Assert.Equal(domain, Enriched(b => b.Dictionary("page_url").Set(0, Encoding.UTF8.GetBytes(url)), "domain"));

    [Fact]
    public void A_domain_that_the_feed_gives_stays() =>
        Assert.Equal(
            "given.example",
            Enriched(
                b =>
                {
                    b.Dictionary("page_url").Set(0, "https://other.example/"u8);
                    b.Dictionary("domain").Set(0, "WWW.Given.example"u8);
                },
                "domain"
            )
        );

    [Theory]
    [InlineData("DESKTOP", "desktop")]
    [InlineData("4", "mobile")]
    [InlineData("Connected TV", "ctv")]
    [InlineData("Fridge", "fridge")]
    public void Device_has_a_standard_spelling(string given, string expected) =>
        Assert.Equal(
            expected,
            Enriched(b => b.Dictionary("device_type").Set(0, Encoding.UTF8.GetBytes(given)), "device_type")
        );

    [Theory]
    [InlineData("device_type", "mobile")]
    [InlineData("os", "ios")]
    [InlineData("browser", "safari")]
    public void The_agent_fills_what_the_feed_lacks(string column, string expected) =>
        Assert.Equal(expected, Enriched(b => b.Dictionary("user_agent").Set(0, Encoding.UTF8.GetBytes(Phone)), column));

    [Theory]
    [InlineData("usa", "US")]
    [InlineData("de", "DE")]
    [InlineData("Germany", "Germany")]
    public void Country_is_two_capitals_where_it_is_a_code(string given, string expected) =>
        Assert.Equal(expected, Enriched(b => b.Dictionary("country").Set(0, Encoding.UTF8.GetBytes(given)), "country"));

    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1)", "9.9.9.9", "declared_bot")]
    [InlineData("curl/8.1", "9.9.9.9", "non_browser_agent")]
    [InlineData(Phone, "95.216.3.4", "data_centre")]
    [InlineData(Phone, "95.215.3.4", null)]
    [InlineData(Phone, "2a01:4f8:1::1", "data_centre")]
    [InlineData(Phone, "95.216.3", null)]
    public void Row_rules_flag_and_never_delete(string agent, string ip, string? reason) =>
        Assert.Equal(
            reason,
            Enriched(
                b =>
                {
                    b.Dictionary("user_agent").Set(0, Encoding.UTF8.GetBytes(agent));
                    b.Text("ip").Set(0, Encoding.UTF8.GetBytes(ip));
                },
                "ivt_reason"
            )
        );

    [Fact]
    public void A_range_that_is_none_is_refused_by_name() =>
        Assert.Equal(
            "DataCentreRanges has '10.0.0.0/99', which is no address range; allowed is CIDR notation such as 203.0.113.0/24",
            Assert.Throws<ArgumentException>(() => new AddressRanges(["10.0.0.0/99"])).Message
        );

    [Fact]
    public void Options_that_no_one_set_are_refused() =>
        Assert.Equal(
            "DataCentreRanges is null; allowed is a list of address ranges, empty for none",
            Assert.Throws<ArgumentException>(() => new Enricher(default)).Message
        );

    private static string? Enriched(Action<ColumnBatch> fill, string column)
    {
        using var batch = new ColumnBatch(FactTables.Impressions);
        fill(batch);
        batch.AddRow();
        new Enricher(new EnrichmentOptions()).Enrich(EventKind.Impression, batch, fromServer: false);
        return batch[column].IsValid(0) ? Encoding.UTF8.GetString(batch.Dictionary(column).Get(0)) : null;
    }
}
