// The library in another program: feeds to facts to answers, with nothing but its public surface.
// Usage: Embedding FOLDER
using System.Globalization;
using AdvertiseX.Contracts;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Generation;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Models;
using AdvertiseX.Reference;
using AdvertiseX.Reports;
using AdvertiseX.Sources;

var folder = args[0];
var feeds = Path.Combine(folder, "feeds");
await FeedGenerator.GenerateAsync(new GeneratorOptions { OutputDirectory = feeds, Impressions = 5_000 });

using var lake = await DataLake.OpenAsync(Path.Combine(folder, "lake"), create: true);
await new ReferenceLoader(lake).LoadAsync([Path.Combine(feeds, "reference")]);
var sources = new SourceCatalog(ContractFile.Shipped).Find([feeds]);
var ingest = await new EventPipeline(new IngestEnvironment(lake)).RunAsync(sources);
foreach (var kind in Enum.GetValues<EventKind>())
{
    var counts = ingest.CountsOf(kind);
    Console.WriteLine(
        $"{kind}: {counts.Received} = {counts.Accepted} + {counts.Duplicate} + {counts.Rejected} + {counts.Filtered}"
    );
}

using var engine = new DuckDbEngine();
foreach (var model in await new ModelRunner(engine).RunAsync(lake))
    Console.WriteLine($"{model.Model}: {model.Outcome}, {model.RowsWritten} rows");

using var report = await PerformanceReport.ReadAsync(
    engine,
    lake,
    new PerformanceReportOptions { Subject = ReportSubject.Campaigns }
);
var names = report.ColumnNames.ToList();
var (campaign, clicks) = (names.IndexOf("campaign_id"), names.IndexOf("clicks"));
while (report.Read())
    Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{report.GetString(campaign)}: {report.GetInt64(clicks)} clicks")
    );
