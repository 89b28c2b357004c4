using System.Diagnostics;
using AdvertiseX.Contracts;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Sources;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.IntegrationTests.Lake;

/// <summary>Spark merges files of a table, which then have neither tags nor sidecars: verdicts stay those of a lake
/// that only we wrote.</summary>
public sealed class SparkOptimizeTests : IDisposable
{
    private const string HomeVariable = "ADX_SPARK_HOME";
    private const int Blocks = 6;
    private const int Records = Blocks * NumbersSource.RecordsOfBlock;
    private static readonly DateTimeOffset Hour = new(2024, 3, 1, 11, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-spark-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Verdicts_after_OPTIMIZE_are_those_without()
    {
        var home = ServerRuntime.Find(HomeVariable, "spark");
        Assert.SkipWhen(home is null, $"no Spark here: set {HomeVariable} to a folder with Spark and Delta Lake");
        var (calm, optimized) = (Path.Combine(_folder, "calm"), Path.Combine(_folder, "optimized"));
        foreach (var lake in new[] { calm, optimized })
            for (var block = 0; block < Blocks; block++)
                await IngestAsync(lake, $"{block}.ndjson", NumbersSource.Block(block, lateDays: 2));
        await OptimizeAsync(home!, Path.Combine(optimized, "impressions"));
        using (var lake = await DataLake.OpenAsync(optimized))
        {
            var files = lake.Table("impressions").FilesOf(lake.Table("impressions").Delta.Latest).ToList();
            Assert.Equal(3, files.Count);
            Assert.All(files, file => Assert.Null(file.Ledger));
        }

        foreach (var lake in new[] { calm, optimized })
        {
            // The same at its own time, the same ids at another, and some of both with new ones.
            for (var block = 0; block < Blocks; block++)
            {
                await IngestAsync(lake, $"again-{block}.ndjson", NumbersSource.Block(block, lateDays: 2));
                await IngestAsync(lake, $"other-{block}.ndjson", NumbersSource.Block(block, Hour));
            }

            await IngestAsync(lake, "new.ndjson", [.. NumbersSource.Block(2), .. NumbersSource.Block(Blocks, Hour)]);
        }

        var verdicts = await VerdictsAsync(optimized);
        Assert.Equal(await VerdictsAsync(calm), verdicts);
        Assert.Contains($"again\t0\t{Records}\t0\n", verdicts, StringComparison.Ordinal);
        Assert.Contains($"other\t0\t0\t{Records}\n", verdicts, StringComparison.Ordinal);
        await LakeAnswers.AssertEqualAsync(calm, optimized);
        using var merged = await DataLake.OpenAsync(optimized);
        Assert.Empty((await LakeVerifier.RunAsync(merged)).Problems);
    }

    private static async Task<string> VerdictsAsync(string folder)
    {
        using var lake = await DataLake.OpenAsync(folder);
        return await LakeAnswers.ReadAsync(
            lake,
            "SELECT regexp_extract(stream, '(\\w+)[-.][^/]*$', 1), sum(accepted)::bigint, sum(duplicate)::bigint, sum(rejected)::bigint "
                + "FROM ingest_ledger GROUP BY 1 ORDER BY 1"
        );
    }

    // Filters from the first commits on.
    private async Task IngestAsync(string folder, string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        using var lake = await DataLake.OpenAsync(folder, create: true);
        var options = new IngestOptions { AnySize = true, KeysWorthAFilter = 60 };
        await new EventPipeline(new IngestEnvironment(lake) { Options = options }).RunAsync(
            new SourceCatalog(ContractFile.Shipped).Find([path]),
            null,
            TestContext.Current.CancellationToken
        );
    }

    private async Task OptimizeAsync(string home, string table)
    {
        string[] opened =
        [
            "java.lang",
            "java.lang.invoke",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "jdk.internal.ref",
            "sun.nio.ch",
            "sun.nio.cs",
            "sun.security.action",
            "sun.util.calendar",
        ];
        using var process = new Process();
        process.StartInfo = new(
            "java",
            [
                "--add-modules=jdk.incubator.vector",
                .. opened.Select(package => $"--add-opens=java.base/{package}=ALL-UNNAMED"),
                "-Djdk.reflect.useDirectMethodHandle=false",
                "-Dio.netty.tryReflectionSetAccessible=true",
                "-Xmx1g",
                $"-Djava.io.tmpdir={_folder}",
                "-Dspark.master=local[2]",
                "-Dspark.app.name=adx",
                "-Dspark.driver.host=127.0.0.1",
                "-Dspark.driver.bindAddress=127.0.0.1",
                "-Dspark.ui.enabled=false",
                "-Dspark.sql.catalogImplementation=in-memory",
                "-Dspark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
                "-Dspark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
                "-cp",
                Path.Combine(home, "jars", "*"),
                "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver",
                "-e",
                $"OPTIMIZE delta.`{table}`",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await output}{await errors}");
    }
}
