using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Sources;
using AdvertiseX.Tests.Cli;

namespace AdvertiseX.Tests.Sources;

/// <summary>What a file is shows in its first records, however long they are.</summary>
public sealed class SourceCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF[ ")]
    public void A_file_whose_first_record_is_nearly_as_long_as_one_may_be_is_recognised(string before)
    {
        var imps = string.Join(
            ',',
            Enumerable.Range(0, 9_000).Select(i => $$"""{"id":"{{i}}","note":"{{new string('x', 80)}}"}""")
        );
        var record =
            $$"""{"timestamp":"2024-03-01T10:00:00Z","imp":[{{imps}}],"bidfloor":1,"won":true,"auction_id":"a"}""";
        Assert.InRange(record.Length, 900_000, 1 << 20);
        var path = _folder.Write("bids.json", before + record + "\n");
        var found = new SourceCatalog(ContractFile.Shipped).Find([path]);
        Assert.Equal(Feed.BidRequests, Assert.Single(found.Sources).Contract.Feed);
    }
}
