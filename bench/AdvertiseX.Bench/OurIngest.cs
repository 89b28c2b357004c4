using AdvertiseX.Contracts;
using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Bench;

/// <summary>The same work by this library: what <c>adx ingest --no-models</c> runs.</summary>
internal static class OurIngest
{
    public static async Task<IngestReport> RunAsync(string set, string output, string[] feeds)
    {
        var paths = feeds.Select(f => Path.Combine(set, f));
        using var lake = await DataLake.OpenAsync(output, create: true);
        var pipeline = new EventPipeline(lake, new IngestOptions(), TimeProvider.System);
        return await pipeline.RunAsync(new SourceCatalog(ContractFile.Shipped).Find(paths), null, CancellationToken.None);
    }
}
