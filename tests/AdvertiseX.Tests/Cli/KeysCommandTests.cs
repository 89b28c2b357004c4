using System.Text.Json.Nodes;

namespace AdvertiseX.Tests.Cli;

public sealed class KeysCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_is_made_listed_and_revoked()
    {
        var made = JsonNode.Parse(
            await DoneAsync("create", "shop", "--feeds", "interactions, impressions", "--rate", "2.5/s", "--json")
        )!;
        var id = (string)made["id"]!;
        Assert.StartsWith($"adx_{id}_", (string?)made["key"]);
        var text = await DoneAsync("create", "page");
        Assert.Matches("^adx_[0-9a-f]{16}_[0-9a-f]{64}\n$", text);
        var listed = await DoneAsync("list", "--json");
        Assert.DoesNotContain(((string)made["key"]!)[^64..], listed);
        var keys = JsonNode.Parse(listed)!.AsArray();
        Assert.Equal(
            """{"id":"ID","name":"shop","feeds":["interactions","impressions"],"requests_per_second":2.5,"is_revoked":false}""",
            WithoutTime(keys[0]!, id)
        );
        Assert.Equal("""["impressions","interactions","bid-requests"]""", keys[1]!["feeds"]!.ToJsonString());
        Assert.Contains("revoked (shop)", await DoneAsync("revoke", id));
        Assert.True((bool)JsonNode.Parse(await DoneAsync("list", "--json"))![0]!["is_revoked"]!);
        Assert.Matches("shop +interactions, impressions +2.5 .* yes\n", await DoneAsync("list"));
    }

    [Theory]
    [InlineData("NAME is \"a b\"", "create", "a b")]
    [InlineData("--feeds is \"clicks\"; allowed: some of impressions", "create", "a", "--feeds", "clicks")]
    [InlineData("--feeds is \"\"", "create", "a", "--feeds", "")]
    [InlineData("--rate is \"0/s\"; allowed: above 0", "create", "a", "--rate", "0/s")]
    [InlineData("--rate is \"-1\"", "create", "a", "--rate", "-1")]
    [InlineData("--rate is \"5/m\"", "create", "a", "--rate", "5/m")]
    [InlineData("ID is not an id of a key", "revoke", "adx_0")]
    [InlineData("no key has the id 0123456789abcdef", "revoke", "0123456789abcdef")]
    public async Task What_is_not_allowed_is_named(string complaint, params string[] args)
    {
        await DoneAsync("create", "first");
        var (code, output, error) = await CliRun.RunAsync(["keys", .. args, "--lake", _folder.At("lake")]);
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains(complaint, error);
    }

    [Fact]
    public async Task Other_addresses_than_those_of_loop_back_need_a_key()
    {
        var (code, _, error) = await CliRun.RunAsync("serve", "--lake", _folder.At("lake"), "--listen", "0.0.0.0:0");
        Assert.Equal(2, code);
        Assert.Contains(
            "--listen is \"0.0.0.0:0\"; allowed: an address and port of loop-back, as the lake has no key",
            error
        );
    }

    private static string WithoutTime(JsonNode key, string id)
    {
        key.AsObject().Remove("created");
        return key.ToJsonString().Replace(id, "ID", StringComparison.Ordinal);
    }

    private async Task<string> DoneAsync(params string[] args)
    {
        var (code, output, error) = await CliRun.RunAsync(["keys", .. args, "--lake", _folder.At("lake")]);
        Assert.True(code == 0, error);
        return output;
    }
}
