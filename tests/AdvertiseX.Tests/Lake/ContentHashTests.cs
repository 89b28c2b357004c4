using System.Text;
using AdvertiseX.Sources;

namespace AdvertiseX.Tests.Lake;

public class ContentHashTests
{
    /// <summary>Values of other implementations of XXH64, seed 0.</summary>
    [Theory]
    [InlineData("", "xxh64:ef46db3751d8e999")]
    [InlineData("a", "xxh64:d24ec4f1a98c6e5b")]
    [InlineData("abc", "xxh64:44bc2cf5ad770999")]
    [InlineData("Nobody inspects the spammish repetition", "xxh64:fbcea83c8a378bf1")]
    public void Agrees_with_other_implementations(string text, string expected) =>
        Assert.Equal(expected, ContentHash.TextOf(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Is_the_same_for_any_split_and_can_be_read_on_the_way()
    {
        var random = new Random(7);
        var bytes = new byte[10_000];
        random.NextBytes(bytes);
        for (var round = 0; round < 200; round++)
        {
            var hash = new ContentHash();
            var at = 0;
            while (at < bytes.Length)
            {
                var piece = Math.Min(random.Next(0, 90), bytes.Length - at);
                hash.Append(bytes.AsSpan(at, piece));
                at += piece;
                if (random.Next(20) == 0)
                    Assert.Equal(ContentHash.TextOf(bytes.AsSpan(0, at)), hash.Text);
            }
            Assert.Equal(ContentHash.TextOf(bytes), hash.Text);
        }
    }
}
