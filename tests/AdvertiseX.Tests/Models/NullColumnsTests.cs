using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

public sealed class NullColumnsTests
{
    private const string Known = """{"numRecords":3,"minValues":{"a":1},"nullCount":{"a":0,"b":3,"c":3}}""";

    private readonly NullColumns _columns = new();

    [Fact]
    public void A_column_holds_nothing_where_every_file_says_so()
    {
        Assert.Equal(["b", "c"], Of(Known));
        Assert.Equal(["b"], Of(Known, """{"numRecords":5,"nullCount":{"a":5,"b":5,"c":4}}"""));
        Assert.Equal(["b"], Of(Known, """{"numRecords":5,"nullCount":{"a":5,"b":5,"c":4}}"""));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"numRecords\":3}")]
    [InlineData("{\"nullCount\":{\"b\":3}}")]
    [InlineData("{\"numRecords\":\"3\",\"nullCount\":{\"b\":3}}")]
    [InlineData("{\"numRecords\":3,\"nullCount\":[3]}")]
    [InlineData("{\"numRecords\":3,\"nullCount\":{\"b\":\"3\"}}")]
    [InlineData("{\"numRecords\":3,\"nullCount\":{\"b\":0.5}}")]
    public void A_file_that_does_not_say_so_may_hold_anything(string? statistics) =>
        Assert.Empty(Of(Known, statistics));

    [Fact]
    public void No_file_says_nothing() => Assert.Empty(Of());

    private string[] Of(params string?[] statistics) =>
        [
            .. _columns
                .Of(
                    statistics.Select(
                        (json, n) =>
                            new LakeFile(
                                "t",
                                $"p{n}",
                                $"/t/{n} {json?.GetHashCode(StringComparison.Ordinal)}",
                                null,
                                1,
                                1,
                                json,
                                null
                            )
                    )
                )
                .Order(StringComparer.Ordinal),
        ];
}
