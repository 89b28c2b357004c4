using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

public sealed class MemoTests
{
    [Fact]
    public async Task Whoever_asks_at_once_waits_for_one()
    {
        var memo = new Memo<string, int>();
        var (made, release) = (0, new TaskCompletionSource());
        async Task<int> MakeAsync()
        {
            Interlocked.Increment(ref made);
            await release.Task;
            return 7;
        }

        var asked = Enumerable.Range(0, 8).Select(_ => memo.GetAsync("a", MakeAsync)).ToList();
        release.SetResult();
        Assert.All(await Task.WhenAll(asked), value => Assert.Equal(7, value));
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task What_failed_is_made_again()
    {
        var memo = new Memo<string, int>();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            memo.GetAsync("a", () => throw new InvalidOperationException("no memory"))
        );
        Assert.Equal(7, await memo.GetAsync("a", () => Task.FromResult(7)));
        memo.Set("b", 8);
        Assert.Equal(8, await memo.GetAsync("b", () => Task.FromResult(7)));
    }
}
