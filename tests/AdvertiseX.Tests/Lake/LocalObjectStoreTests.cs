using System.Text;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Tests.Lake;

public sealed class LocalObjectStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-store-");
    private readonly LocalObjectStore _store;

    public LocalObjectStoreTests() => _store = new(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Of_many_who_put_under_one_key_exactly_one_wins_and_its_content_stays()
    {
        for (var round = 0; round < 20; round++)
        {
            var key = $"a/b/{round}";
            var wins = await Task.WhenAll(
                Enumerable
                    .Range(0, 16)
                    .Select(writer =>
                        Task.Run(async () =>
                            await _store.PutIfAbsentAsync(key, Encoding.UTF8.GetBytes($"writer {writer}")) ? writer : -1
                        )
                    )
            );
            var winner = Assert.Single(wins, writer => writer >= 0);
            Assert.Equal($"writer {winner}", Encoding.UTF8.GetString((await _store.ReadAsync(key))!));
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.FullName, ".tmp")));
    }

    [Fact]
    public async Task Lists_in_ordinal_order_after_a_key_and_without_temporary_files()
    {
        foreach (var key in new[] { "t/10", "t/9", "t/B", "t/a", "u/1" })
            await _store.PutIfAbsentAsync(key, new byte[3]);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, ".tmp", "left over"), "x");
        Assert.Equal(["t/10", "t/9", "t/B", "t/a"], await KeysAsync("t/"));
        Assert.Equal(["t/B", "t/a"], await KeysAsync("t/", "t/9"));
        Assert.Equal(5, (await KeysAsync("")).Count);
        Assert.Empty(await KeysAsync("nothing/"));
        Assert.Equal(["t", "u"], await _store.FoldersAsync());
    }

    [Fact]
    public async Task Reads_ranges_and_tells_what_is_not_there()
    {
        await _store.PutAsync("x", "0123456789"u8.ToArray());
        var buffer = new byte[4];
        Assert.Equal(4, await _store.ReadRangeAsync("x", 3, buffer));
        Assert.Equal("3456"u8.ToArray(), buffer);
        Assert.Equal(2, await _store.ReadRangeAsync("x", 8, buffer));
        Assert.Equal(-1, await _store.ReadRangeAsync("y", 0, buffer));
        Assert.Null(await _store.ReadAsync("y/z"));
        Assert.Null(await _store.FindAsync("y"));
        Assert.Equal(10, (await _store.FindAsync("x"))!.Value.SizeBytes);
        Assert.True(await _store.DeleteAsync("x"));
        Assert.False(await _store.DeleteAsync("x"));
    }

    [Fact]
    public async Task A_new_object_counts_only_when_completed()
    {
        await using (var dropped = await _store.CreateAsync("t/dropped"))
            await dropped.Content.WriteAsync(new byte[5]);
        Assert.Null(await _store.FindAsync("t/dropped"));
        await using (var kept = await _store.CreateAsync("t/kept"))
        {
            await kept.Content.WriteAsync(new byte[5]);
            Assert.Equal(5, await kept.CompleteAsync());
        }
        Assert.Equal(5, (await _store.FindAsync("t/kept"))!.Value.SizeBytes);
        await Assert.ThrowsAsync<IOException>(async () => await _store.CreateAsync("t/kept"));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a//b")]
    [InlineData("/etc/passwd")]
    [InlineData("a/./b")]
    [InlineData("")]
    public async Task Refuses_keys_that_could_leave_the_root(string key) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await _store.ReadAsync(key));

    private async Task<List<string>> KeysAsync(string prefix, string? after = null)
    {
        var keys = new List<string>();
        await foreach (var found in _store.ListAsync(prefix, after))
            keys.Add(found.Key);
        return keys;
    }
}
