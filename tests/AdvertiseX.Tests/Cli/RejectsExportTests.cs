using System.Text;
using System.Text.Json;

namespace AdvertiseX.Tests.Cli;

/// <summary><c>adx rejects export</c> gives every record back as it came, whatever its bytes.</summary>
public sealed class RejectsExportTests : IDisposable
{
    // So much that content is not taken for binary by its beginning.
    private static readonly byte[] Good = Encoding.UTF8.GetBytes(
        string.Concat(
            Enumerable
                .Range(0, 4_000)
                .Select(i =>
                    $$"""{"impression_id":"g{{i}}","timestamp":"2024-03-01T10:00:00Z","user_id":"u","creative_id":"r"}"""
                    + "\n"
                )
        )
    );

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Raw_records_of_text_feeds_are_the_lines_as_they_came()
    {
        byte[][] lines =
        [
            [
                .. """{"impression_id":"a","timestamp":"2024-03-01T10:00:00Z","user_id":"u","creative_id":"""u8,
                0xff,
                0xfe,
            ],
            [.. """{"impression_id":"b","timestamp":"nev"""u8, 0, 1, 8, .. "er\",\"user_id\":\"u\"}"u8],
            [.. """{"impression_id":"c","timestamp":"never","user_id":"u","creative_id":"r"}"""u8],
        ];
        var bad = lines.SelectMany(line => (byte[])[.. line, (byte)'\n']).ToArray();
        await IngestAsync("impressions.json", [.. Good, .. bad]);

        var exported = await ExportAsync("--raw");

        Assert.Equal(bad, exported);
    }

    [Fact]
    public async Task Raw_records_of_csv_stand_under_their_header()
    {
        byte[] header = [.. "impression_id,timestamp,user_id,creative_id,page_url\n"u8];
        byte[] bad = [.. "a,never,u,r,caf"u8, 0xe9, (byte)'\n'];
        byte[] good = [.. "b,2024-03-01T10:00:00Z,u,r,x\n"u8];
        await IngestAsync("impressions.csv", [.. header, .. bad, .. good]);

        var exported = await ExportAsync("--raw");

        Assert.Equal([.. header, .. bad], exported);
    }

    [Fact]
    public async Task Raw_records_of_avro_are_their_bytes_and_nothing_else()
    {
        var avro = await File.ReadAllBytesAsync(
            Path.Combine(Repository.Root, "tests", "AdvertiseX.Tests", "vectors", "avro", "bid_requests.deflate.avro"),
            TestContext.Current.CancellationToken
        );
        // Inside a block of compressed records.
        avro[^200] ^= 0xff;
        avro[^150] ^= 0xff;
        await IngestAsync("bids.avro", avro);

        var records = Encoding
            .UTF8.GetString(await ExportAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line =>
                JsonDocument.Parse(line).RootElement.TryGetProperty("raw_base64", out var bytes)
                    ? bytes.GetBytesFromBase64()
                    : Encoding.UTF8.GetBytes(JsonDocument.Parse(line).RootElement.GetProperty("raw").GetString()!)
            )
            .ToList();

        Assert.NotEmpty(records);
        Assert.Equal(records.SelectMany(record => record), await ExportAsync("--raw"));
    }

    [Fact]
    public async Task What_was_not_kept_whole_is_said()
    {
        await IngestAsync(
            "impressions.json",
            [.. Good, .. "{\"impression_id\":\"a\",\"timestamp\":\""u8, .. new byte[2_000_000]]
        );

        var (code, _, error) = await CliRun.RunAsync("rejects", "export", "--raw", "--lake", _folder.At("lake"));

        Assert.Equal(0, code);
        Assert.Contains("1 of 1 records are not whole", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_whose_bytes_one_of_its_rows_keeps_is_exported_once()
    {
        var imps = string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"id":"{{i}}"}"""));
        var request =
            $$"""{"id":"a","timestamp":"never","bidfloor":1,"note":"{{new string('x', 100_000)}}","imp":[{{imps}}]}""";
        await IngestAsync("bids.json", [.. Encoding.UTF8.GetBytes(request), (byte)'\n'], "--feed", "bid-requests");

        Assert.Equal(request + "\n", Encoding.UTF8.GetString(await ExportAsync("--raw")));
        var rows = Encoding.UTF8.GetString(await ExportAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(100, rows.Length);
        Assert.Single(rows, row => row.Contains("\"raw\":", StringComparison.Ordinal));
    }

    private async Task IngestAsync(string name, byte[] content, params string[] options)
    {
        await File.WriteAllBytesAsync(_folder.At(name), content, TestContext.Current.CancellationToken);
        var (_, output, error) = await CliRun.RunAsync([
            "ingest",
            _folder.At(name),
            "--lake",
            _folder.At("lake"),
            "--no-models",
            .. options,
        ]);
        Assert.True(Directory.Exists(_folder.At("lake")), output + error);
    }

    private async Task<byte[]> ExportAsync(params string[] options)
    {
        var (code, _, error) = await CliRun.RunAsync([
            "rejects",
            "export",
            "--lake",
            _folder.At("lake"),
            "--output",
            _folder.At("out"),
            .. options,
        ]);
        Assert.Equal((0, ""), (code, error));
        return await File.ReadAllBytesAsync(_folder.At("out"), TestContext.Current.CancellationToken);
    }
}
