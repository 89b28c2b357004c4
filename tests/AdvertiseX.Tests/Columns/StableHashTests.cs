using System.Text;
using AdvertiseX.Columns;

namespace AdvertiseX.Tests.Columns;

public class StableHashTests
{
    // Stored in lakes: these values may never change. They are what xxhsum prints for these texts (-H3 and -H128).
    [Theory]
    [InlineData("", 0x2d06800538d394c2, "99aa06d3014798d86001c324468d497f")]
    [InlineData("a", 0xe6c632b61e964e1f, "a96faf705af16834e6c632b61e964e1f")]
    [InlineData("abc", 0x78af5f94892f3950, "06b05ab6733a618578af5f94892f3950")]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e", 0xd4b65d47352adabc, "b8faf6c072c3c6363ae12e19ec657d33")]
    public void Is_XXH3(string text, ulong bits64, string bits128)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(bits64, StableHash.Hash64(bytes));
        Assert.Equal(bits128, StableHash.Hash128(bytes).ToString("x32"));
    }

    [Fact]
    public void Every_length_up_to_200_has_its_own_value()
    {
        var bytes = new byte[200];
        Random.Shared.NextBytes(bytes);
        var values = Enumerable.Range(0, 200).Select(n => StableHash.Hash64(bytes.AsSpan(0, n))).ToHashSet();
        Assert.Equal(200, values.Count);
    }

    [Fact]
    public void A_fold_depends_on_the_order()
    {
        Assert.Equal(0xf7e6dc87dfcd0c94UL, StableHash.Fold(StableHash.Fold(0, 1), 2));
        Assert.NotEqual(StableHash.Fold(StableHash.Fold(0, 1), 2), StableHash.Fold(StableHash.Fold(0, 2), 1));
    }
}
