using AdvertiseX.Server;
using AdvertiseX.Server.Collecting;

namespace AdvertiseX.Tests.Server;

public sealed class ClickTargetTests
{
    [Theory]
    [InlineData("https://shop.example/a?b=c#d", "shop.example")]
    [InlineData("HTTPS://Shop.Example", "shop.example")]
    [InlineData("http://shop.example:80/", "shop.example")]
    [InlineData("https://shop.example:443?x", "shop.example")]
    [InlineData("https://shop.example:80/", "shop.example:80")]
    [InlineData("http://10.0.0.1:8080/", "10.0.0.1:8080")]
    [InlineData("https://xn--bcher-kva.example/", "xn--bcher-kva.example")]
    [InlineData("https://shop.example/@evil.example/\u007e", "shop.example")]
    [InlineData("https://shop.example#@evil.example", "shop.example")]
    [InlineData("https://shop.example@evil.example/", null)]
    [InlineData("https://shop.example:x@evil.example/", null)]
    [InlineData("https://shop.example\\@evil.example/", null)]
    [InlineData("https://evil.example\\.shop.example/", null)]
    [InlineData("https:\\\\shop.example/", null)]
    [InlineData("https:/shop.example/", null)]
    [InlineData("https:///shop.example/", null)]
    [InlineData("//shop.example/", null)]
    [InlineData("/path", null)]
    [InlineData("shop.example", null)]
    [InlineData("", null)]
    [InlineData("javascript:alert(1)//https://shop.example/", null)]
    [InlineData("data:text/html,x", null)]
    [InlineData("ftp://shop.example/", null)]
    [InlineData(" https://shop.example/", null)]
    [InlineData("https://shop.example/ x", null)]
    [InlineData("https://shop.example/\r\nSet-Cookie: a=b", null)]
    [InlineData("https://shop.example/\u0000", null)]
    [InlineData("https://shop.exam\tple/", null)]
    [InlineData("https://sh\u00f6p.example/", null)]
    [InlineData("https://shop.example/\u00e4", null)]
    [InlineData("https://shop%2eexample/", null)]
    [InlineData("https://shop.example%00.evil.example/", null)]
    [InlineData("https://shop.example./", null)]
    [InlineData("https://shop..example/", null)]
    [InlineData("https://.shop.example/", null)]
    [InlineData("https://-shop.example/", null)]
    [InlineData("https://[::1]/", null)]
    [InlineData("https://shop.example:/", null)]
    [InlineData("https://shop.example:99999/", null)]
    [InlineData("https://shop.example:0443/", null)]
    [InlineData("https://shop.example:+443/", null)]
    [InlineData("https://shop.example;evil.example/", null)]
    public void An_address_leads_to_one_host_or_is_not_taken(string address, string? authority) =>
        Assert.Equal(authority, ClickTarget.AuthorityOf(address));

    [Theory]
    [InlineData("shop.example", "shop.example", true)]
    [InlineData("shop.example", "www.shop.example", false)]
    [InlineData("shop.example", "evilshop.example", false)]
    [InlineData("*.shop.example", "www.shop.example", true)]
    [InlineData("*.shop.example", "a.b.shop.example", true)]
    [InlineData("*.shop.example", "shop.example", false)]
    [InlineData("*.shop.example", "evilshop.example", false)]
    [InlineData("*.shop.example", "www.shop.example:8443", false)]
    [InlineData("*.shop.example:8443", "www.shop.example:8443", true)]
    [InlineData("a.example, Shop.Example:8443", "shop.example:8443", true)]
    [InlineData("", "shop.example", false)]
    public void Hosts_are_those_of_the_list(string list, string authority, bool isAllowed) =>
        Assert.Equal(isAllowed, new ClickHosts(list).Allow(authority));

    [Theory]
    [InlineData("*")]
    [InlineData("*.")]
    [InlineData("https://shop.example")]
    [InlineData("shop.example/")]
    [InlineData("a.*.example")]
    [InlineData("good.example, b\u00f6se.example")]
    public void What_is_not_a_host_is_named(string list) =>
        Assert.Contains(
            $"collector.click_hosts is \"{list}\"",
            Assert.Throws<BadSettingException>(() => new ClickHosts(list)).Message
        );
}
