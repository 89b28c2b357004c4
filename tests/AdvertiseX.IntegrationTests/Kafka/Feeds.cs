using System.Buffers.Binary;
using AdvertiseX.Cli;
using AdvertiseX.Compression;
using AdvertiseX.Decoding.Avro;
using Confluent.Kafka;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Generated feeds, as files and as the messages that their producers would send.</summary>
internal sealed class Feeds : IDisposable
{
    /// <summary>Id of the schema of bid requests.</summary>
    public const int SchemaId = 7;

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-feeds-").FullName;
    private List<(string Feed, byte[] Value)>? _messages;
    private Task<string>? _batch;
    private ReadOnlyMemory<byte> _schema;

    public static async Task<Feeds> GenerateAsync(int impressions, int seed, string dirt = "default")
    {
        var feeds = new Feeds();
        await RunAsync(
            "generate",
            "--out",
            Path.Combine(feeds._folder, "feeds"),
            "--impressions",
            $"{impressions}",
            "--seed",
            $"{seed}",
            "--days",
            "2",
            "--dirt",
            dirt
        );
        return feeds;
    }

    /// <summary>The files, but those of damaged containers: no message can be made of them.</summary>
    public IReadOnlyList<string> Files =>
        [
            .. new[] { "impressions", "clicks_conversions", "bid_requests" }
                .SelectMany(feed => Directory.GetFiles(Path.Combine(_folder, "feeds", feed)))
                .Where(file => !file.Contains("damaged", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Schema of the bid requests.</summary>
    public ReadOnlyMemory<byte> Schema
    {
        get
        {
            _ = Messages;
            return _schema;
        }
    }

    public static async Task RunAsync(params string[] args)
    {
        using var error = new StringWriter();
        using var terminal = new Terminal(new MemoryStream(), error, _ => null);
        var code = await CommandLine.RunAsync(args, terminal, CancellationToken.None);
        Assert.True(code == 0, $"adx {string.Join(' ', args)}: {code} {error}");
    }

    /// <summary>Writes the schema of the bid requests into a folder of its own; its path.</summary>
    public string WriteSchema()
    {
        var header = AvroHeader.Read(File.ReadAllBytes(FilesOf("bid_requests").First()), out var found, out _);
        Assert.Equal(AvroHeaderState.Complete, header);
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "schemas")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "bid-requests.avsc"), found!.SchemaJson.ToArray());
        return folder;
    }

    /// <summary>Loads the files into a lake.</summary>
    public Task IngestAsync(string lake, bool models = false) =>
        RunAsync(["ingest", .. Files, "--lake", lake, .. models ? Array.Empty<string>() : ["--no-models"]]);

    /// <summary>A lake into which the files were loaded, without models; made once.</summary>
    public Task<string> BatchAsync()
    {
        return _batch ??= LoadAsync();
        async Task<string> LoadAsync()
        {
            var lake = Path.Combine(_folder, "batch");
            await IngestAsync(lake);
            return lake;
        }
    }

    /// <summary>Sends everything, each feed to its topic.</summary>
    public void Produce(StreamWorld world) => Produce(world, Messages);

    /// <summary>Sends everything, feeds side by side, evenly over a time.</summary>
    /// <param name="world">Where to.</param>
    /// <param name="over">The time.</param>
    /// <param name="part">Which of so many parts of everything; all of it unless given.</param>
    /// <param name="parts">How many parts.</param>
    public async Task ProduceAsync(StreamWorld world, TimeSpan over, int part = 0, int parts = 1)
    {
        const int Steps = 20;
        var messages = Messages.Where((_, i) => i % parts == part).ToList();
        for (var step = 0; step < Steps; step++)
        {
            Produce(world, messages.Where((_, i) => i * (long)Steps / messages.Count == step));
            await Task.Delay(over / Steps, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private List<(string Feed, byte[] Value)> Messages => _messages ??= ReadMessages();

    private static void Produce(StreamWorld world, IEnumerable<(string Feed, byte[] Value)> messages)
    {
        using var producer = world.Producer();
        foreach (var (feed, value) in messages)
            world.Send(producer, world.TopicOf(feed), value);
        producer.Flush(TimeSpan.FromMinutes(1));
    }

    private List<(string Feed, byte[] Value)> ReadMessages()
    {
        var feeds = new[]
        {
            [.. FilesOf("impressions").SelectMany(Lines).Select(line => ("impressions", line))],
            // A message may hold several rows.
            [.. FilesOf("clicks_conversions").SelectMany(Rows).Select(rows => ("clicks_conversions", rows))],
            FilesOf("bid_requests").SelectMany(Datums).Select(datum => ("bid_requests", datum)).ToList(),
        };
        return
        [
            .. feeds
                .SelectMany(feed => feed.Select((message, i) => (message, At: (double)i / feed.Count)))
                .OrderBy(each => each.At)
                .Select(each => each.message),
        ];
    }

    private static IEnumerable<byte[]> Rows(string file)
    {
        var lines = Lines(file).ToList();
        foreach (var rows in lines.Skip(1).Chunk(3))
            yield return [.. lines[0], .. rows.SelectMany(row => row.Prepend((byte)'\n'))];
    }

    public IEnumerable<string> FilesOf(string feed) =>
        Files.Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == feed);

    private static IEnumerable<byte[]> Lines(string file)
    {
        var bytes = File.ReadAllBytes(file);
        for (var at = 0; at < bytes.Length; )
        {
            var end = bytes.AsSpan(at).IndexOf((byte)'\n') is var found and >= 0 ? at + found : bytes.Length;
            if (end > at)
                yield return bytes[at..end];
            at = end + 1;
        }
    }

    /// <summary>The records of a container, framed as Confluent's serializer does.</summary>
    private List<byte[]> Datums(string file)
    {
        var bytes = File.ReadAllBytes(file);
        Assert.Equal(AvroHeaderState.Complete, AvroHeader.Read(bytes, out var header, out _));
        _schema = header!.SchemaJson;
        var root = AvroResolver.Resolve(header.Schema, null);
        using var decompressor = new BlockDecompressor();
        var datums = new List<byte[]>();
        for (var at = header.Length; at < bytes.Length; )
            at = AddDatums(bytes, at, header, root, decompressor, datums);
        return datums;
    }

    private static unsafe int AddDatums(
        byte[] bytes,
        int at,
        AvroHeader header,
        AvroNode root,
        BlockDecompressor decompressor,
        List<byte[]> datums
    )
    {
        fixed (byte* start = bytes)
        {
            var frame = new AvroCursor(start + at, start + bytes.Length, 0);
            var count = frame.Long();
            var size = frame.Long();
            var data = frame.Take(size);
            var length = (int)size;
            if (header.Codec != BlockCodec.Null)
            {
                decompressor.Decompress(header.Codec, new ReadOnlySpan<byte>(data, length), 128 << 20);
                length = decompressor.OutputLength;
                data = decompressor.Output;
            }

            var cursor = new AvroCursor(data, data + length, long.MaxValue);
            for (var i = 0; i < count; i++)
            {
                var from = cursor.At;
                AvroSkip.Value(ref cursor, root);
                var datum = new byte[5 + (cursor.At - from)];
                BinaryPrimitives.WriteInt32BigEndian(datum.AsSpan(1), SchemaId);
                new ReadOnlySpan<byte>(from, datum.Length - 5).CopyTo(datum.AsSpan(5));
                datums.Add(datum);
            }

            return (int)(frame.At - start) + AvroHeader.SyncBytes;
        }
    }
}
