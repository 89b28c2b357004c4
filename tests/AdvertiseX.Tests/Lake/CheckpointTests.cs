using System.Text;
using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Parquet;

namespace AdvertiseX.Tests.Lake;

/// <summary>Checkpoints as they are written here and read by DuckDB, and as DuckDB writes them and they are read
/// here.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const string Types =
        "{protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER, readerFeatures VARCHAR[], writerFeatures VARCHAR[])', "
        + "metaData: 'STRUCT(id VARCHAR, name VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR)), "
        + "schemaString VARCHAR, partitionColumns VARCHAR[], createdTime BIGINT, configuration MAP(VARCHAR, VARCHAR))', "
        + "txn: 'STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)', "
        + "add: 'STRUCT(path VARCHAR, partitionValues MAP(VARCHAR, VARCHAR), size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, "
        + "tags MAP(VARCHAR, VARCHAR), deletionVector STRUCT(storageType VARCHAR), stats VARCHAR)', "
        + "remove: 'STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN, "
        + "partitionValues MAP(VARCHAR, VARCHAR), size BIGINT)', "
        + "domainMetadata: 'STRUCT(domain VARCHAR)'}";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-checkpoint-");
    private readonly LakeEngine _engine = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 300)]
    [InlineData(3, 2_500)]
    public async Task What_is_written_DuckDB_and_the_reader_read_alike(int seed, int files)
    {
        var actions = Actions(new Random(seed), files);
        var content = Write(actions);
        var path = PathOf("ours.parquet");
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        var expected = actions.Select(Line).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected, await WithEngineAsync(path));
        Assert.Equal(expected, LinesOf(CheckpointReader.Read(content, "ours", removed: true)));
    }

    [Theory]
    [InlineData("snappy", "", true)]
    [InlineData("zstd", "", true)]
    [InlineData("uncompressed", ", DICTIONARY_SIZE_LIMIT 1", true)]
    [InlineData("snappy", ", ROW_GROUP_SIZE 2048", true)]
    [InlineData("snappy", ", PARQUET_VERSION V2", false)]
    [InlineData("gzip", "", false)]
    public async Task Checkpoints_of_another_writer_are_read(string codec, string options, bool isKnown)
    {
        var actions = Actions(new Random(4), 5_000);
        var path = Copy(actions, $"FORMAT parquet, COMPRESSION {codec}{options}");
        var content = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var expected = actions.Select(Line).Order(StringComparer.Ordinal).ToList();
        var read = await DeltaCheckpoint.ReadAsync(
            new LocalObjectStore(_folder.FullName),
            _engine,
            Path.GetFileName(path),
            null,
            removed: true,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(expected, LinesOf(read!));
        if (isKnown)
            Assert.Equal(expected, LinesOf(CheckpointReader.Read(content, "theirs", removed: true)));
        else
            Assert.Throws<ParquetLayoutException>(() => CheckpointReader.Read(content, "theirs", removed: true));
    }

    [Fact]
    public async Task A_checkpoint_of_Spark_is_read_as_DuckDB_reads_it()
    {
        var path = Path.Combine(
            Repository.Root,
            "tests",
            "AdvertiseX.Tests",
            "golden",
            "delta",
            "spark-4.1.4.checkpoint.parquet"
        );
        var content = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var read = CheckpointReader.Read(content, path, removed: true);
        Assert.Equal((9, 1), (read.Files.Count, read.Removed.Count));
        Assert.Contains(read.Files.Values, file => file.EventDate is null && file.Rows == 1);
        Assert.Equal(await WithEngineAsync(path), LinesOf(read));
    }

    [Fact]
    public async Task A_file_with_a_deletion_vector_is_refused()
    {
        var lines = DeltaJson.Lines(Actions(new Random(5), 3));
        var text = Encoding.UTF8.GetString(lines);
        var at = text.IndexOf("\"add\":{", StringComparison.Ordinal) + "\"add\":{".Length;
        var path = Copy(text.Insert(at, "\"deletionVector\":{\"storageType\":\"u\"},"), "FORMAT parquet");
        var refused = await Assert.ThrowsAsync<DeltaException>(async () =>
            await DeltaCheckpoint.ReadAsync(
                new LocalObjectStore(_folder.FullName),
                _engine,
                Path.GetFileName(path),
                null,
                removed: false,
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("deletion vector", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_anywhere_ends_in_a_typed_answer()
    {
        var content = Write(Actions(new Random(6), 200));
        var store = new LocalObjectStore(_folder.FullName);
        var random = new Random(7);
        for (var round = 0; round < 150; round++)
        {
            var damaged = content.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (round % 5 == 0)
                damaged = damaged[..random.Next(damaged.Length)];
            try
            {
                LinesOf(CheckpointReader.Read(damaged, "damaged", removed: true));
            }
            catch (Exception told) when (told is ParquetLayoutException or DeltaException)
            {
                // As it should be; a flip in a text is none that could be seen.
            }
        }
        await Task.CompletedTask;
    }

    private static List<DeltaAction> Actions(Random random, int files)
    {
        var actions = new List<DeltaAction>
        {
            new TableProtocol(1, 2, [], []),
            new TableMetadata(
                "id",
                null,
                "{\"type\":\"struct\"}",
                ["event_date", "ü"],
                new Dictionary<string, string?> { ["a"] = "1", ["b"] = null },
                5
            ),
            new SetTransaction("ingest", long.MaxValue, 7),
            new SetTransaction("model:ä", 3, null),
        };
        for (var i = 0; i < files; i++)
        {
            var path =
                random.Next(9) == 0 ? $"odd ü% {i}.parquet" : $"event_date=2024-03-01/{random.NextInt64():x}.parquet";
            var values = new Dictionary<string, string?>();
            if (random.Next(5) > 0)
                values["event_date"] = random.Next(4) == 0 ? null : $"2024-03-0{random.Next(1, 4)}";
            if (random.Next(7) == 0)
                values["ü"] = new string('x', random.Next(600));
            if (random.Next(4) == 0)
                actions.Add(new RemoveFile(path, random.NextInt64(1L << 40), false, values, Maybe(random)));
            else
                actions.Add(
                    new AddFile(path, values, random.NextInt64(1L << 40), i, false, StatsOf(random))
                    {
                        Tags =
                            random.Next(3) > 0
                                ? AddFile.TagsOf($"{random.NextInt64():x}", new(i, i + 1))
                                : TextMap.Empty,
                    }
                );
        }
        return actions;
    }

    private static long? Maybe(Random random) => random.Next(3) == 0 ? null : random.NextInt64();

    private static string? StatsOf(Random random) =>
        random.Next(6) == 0
            ? null
            : $"{{\"numRecords\":{random.Next(100)},\"minValues\":{{\"a\":\"{new string('ä', random.Next(400))}\"}}}}";

    private static byte[] Write(List<DeltaAction> actions)
    {
        using var writer = new CheckpointWriter();
        foreach (var action in actions)
        {
            switch (action)
            {
                case TableProtocol protocol:
                    writer.Add(protocol);
                    break;
                case TableMetadata metadata:
                    writer.Add(metadata);
                    break;
                case SetTransaction transaction:
                    writer.Add(transaction);
                    break;
                case AddFile add:
                    writer.Add(add);
                    break;
                case RemoveFile remove:
                    writer.Add(remove);
                    break;
            }
        }
        Assert.Equal(actions.Count, writer.Actions);
        return writer.ToArray();
    }

    private string Copy(List<DeltaAction> actions, string options) =>
        Copy(Encoding.UTF8.GetString(DeltaJson.Lines(actions)), options);

    private string Copy(string lines, string options)
    {
        var source = PathOf("lines.json");
        File.WriteAllText(source, lines);
        var path = PathOf("theirs.parquet");
        using var connection = _engine.Connect();
        connection.Execute(
            $"COPY (SELECT * FROM read_json({SqlDialect.DuckDb.Text(source)}, format = 'newline_delimited', columns = {Types})) "
                + $"TO {SqlDialect.DuckDb.Text(path)} ({options})"
        );
        return path;
    }

    private async Task<List<string>> WithEngineAsync(string path)
    {
        var lines = new List<string>();
        await _engine.ReadAsJsonAsync(
            path,
            line =>
            {
                if (DeltaJson.ReadLine(line, path) is { } action)
                    lines.Add(Line(action));
            },
            TestContext.Current.CancellationToken
        );
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static List<string> LinesOf(CheckpointContent content) =>
        [
            .. new DeltaAction[] { content.Protocol, content.Metadata }
                .Concat(content.Transactions)
                .Concat(content.Files.Values)
                .Concat(content.Removed)
                .Select(Line)
                .Order(StringComparer.Ordinal),
        ];

    private static string Line(DeltaAction action) => Encoding.UTF8.GetString(DeltaJson.Lines([action]));

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
