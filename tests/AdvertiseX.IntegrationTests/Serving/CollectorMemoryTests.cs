using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ZstdSharp;

namespace AdvertiseX.IntegrationTests.Serving;

/// <summary>Bodies that cost more than they weigh: many at one time, of each codec, take no more memory than the
/// limits say.</summary>
public sealed class CollectorMemoryTests : IDisposable
{
    private const int Clients = 200;
    private const int Rounds = 3;

    // Bodies at work (64 MiB), what the pools of memory and of sockets keep, and a decoder and its result for each
    // processor. Without limits two hundred bodies of a gigabyte would be.
    private static readonly long MostAbove = (400L + (32 * Environment.ProcessorCount)) << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("adx-bombs-").FullName;

    private string LakePath => Path.Combine(_folder, "lake");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Bombs_of_each_codec_take_no_more_than_the_limits_say()
    {
        var config = Path.Combine(_folder, "adx.json");
        await File.WriteAllTextAsync(
            config,
            """{"collector":{"memory_bytes":67108864}}""",
            TestContext.Current.CancellationToken
        );
        using var served = await new ServedProcess(LakePath, "--config", config).ListensAsync();
        served.Http.Timeout = TimeSpan.FromMinutes(5);
        using var first = await served.PostAsync("/v1/impressions", "{}", ("Prefer", "wait=commit"));
        Assert.Equal(HttpStatusCode.OK, first!.StatusCode);
        var before = served.WorkingSet;
        Sent[] kinds =
        [
            .. ((string[])["gzip", "deflate", "br", "zstd"]).Select(codec => new Sent(Packed(1 << 30, codec), codec)),
            new Sent(Container(1 << 30), null) { Type = "application/avro" },
        ];
        var answers = new ConcurrentDictionary<(int Kind, HttpStatusCode Status), int>();
        for (var round = 0; round < Rounds; round++)
            await Task.WhenAll(
                Enumerable
                    .Range(0, Clients)
                    .Select(async client =>
                    {
                        var kind = client % kinds.Length;
                        var status = await kinds[kind].PostAsync(served.Http);
                        answers.AddOrUpdate((kind, status), 1, (_, count) => count + 1);
                    })
            );
        var above = served.PeakWorkingSet - before;
        var seen = string.Join(", ", answers.OrderBy(each => each.Key).Select(each => $"{each.Key}: {each.Value}"));
        Assert.True(above < MostAbove, $"{above >> 20} MiB above {before >> 20} MiB; {seen}");
        for (var kind = 0; kind < kinds.Length; kind++)
            Assert.True(answers.ContainsKey((kind, HttpStatusCode.RequestEntityTooLarge)), seen);
        Assert.All(
            answers.Keys,
            each =>
                Assert.Contains(
                    each.Status,
                    new[] { HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.ServiceUnavailable }
                )
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{above >> 20} MiB above {before >> 20} MiB; {seen}");
        using var last = await served.PostAsync("/v1/impressions", "{}");
        Assert.Equal(HttpStatusCode.Accepted, last!.StatusCode);
        served.Kill();
    }

    private static byte[] Packed(int size, string codec)
    {
        using var packed = new MemoryStream();
        using (
            Stream stream = codec switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true),
                "br" => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
                "zstd" => new CompressionStream(packed, 3, leaveOpen: true),
                "raw" => new DeflateStream(packed, CompressionLevel.SmallestSize, leaveOpen: true),
                _ => new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true),
            }
        )
        {
            var spaces = new byte[1 << 20];
            spaces.AsSpan().Fill((byte)' ');
            for (var written = 0L; written < size; written += spaces.Length)
                stream.Write(spaces);
        }

        return packed.ToArray();
    }

    // An object container of one block, whose content is packed.
    private static byte[] Container(int size)
    {
        using var file = new MemoryStream();
        file.Write("Obj\u0001"u8);
        file.WriteByte(4);
        Text("avro.schema"u8);
        Text("""{"type":"record","name":"r","fields":[{"name":"id","type":"string"}]}"""u8);
        Text("avro.codec"u8);
        Text("deflate"u8);
        file.WriteByte(0);
        file.Write(new byte[16]);
        file.WriteByte(2);
        Text(Packed(size, "raw"));
        file.Write(new byte[16]);
        return file.ToArray();

        void Text(ReadOnlySpan<byte> bytes)
        {
            for (var left = (ulong)bytes.Length << 1; ; left >>= 7)
            {
                file.WriteByte((byte)(left > 127 ? (left & 127) | 128 : left));
                if (left <= 127)
                    break;
            }

            file.Write(bytes);
        }
    }

    private sealed record Sent(byte[] Body, string? Encoding)
    {
        public string Type { get; init; } = "application/json";

        public async Task<HttpStatusCode> PostAsync(HttpClient http)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/impressions")
            {
                Content = new ByteArrayContent(Body),
            };
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Type);
            if (Encoding is not null)
                request.Content.Headers.ContentEncoding.Add(Encoding);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await answer.Content.CopyToAsync(Stream.Null);
            return answer.StatusCode;
        }
    }
}
