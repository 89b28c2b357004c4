using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Columns;

public class StableHashTests
{
    // Stored in lakes: these values may never change. The first four are wyhash's own published vectors.
    [Theory]
    [InlineData("", 0, 0x93228a4de0eec5a2)]
    [InlineData("a", 1, 0xc5bac3db178713c4)]
    [InlineData("abc", 2, 0xa97f2f7b1d9b3314)]
    [InlineData("message digest", 3, 0x786d1f1df3801df4)]
    [InlineData("abcdefghijklmnopqrstuvwxyz", 4, 0xdca5a8138ad37c87)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 5, 0xb9e734f117cfaf70)]
    public void Is_wyhash(string text, ulong seed, ulong expected) =>
        Assert.Equal(expected, StableHash.Hash64(Encoding.UTF8.GetBytes(text), seed));

    [Fact]
    public void Every_length_up_to_200_has_its_own_value()
    {
        var bytes = new byte[200];
        Random.Shared.NextBytes(bytes);
        var values = Enumerable.Range(0, 200).Select(n => StableHash.Hash64(bytes.AsSpan(0, n))).ToHashSet();
        Assert.Equal(200, values.Count);
    }
}
