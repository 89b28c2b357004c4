using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Lake;

public sealed class LakeVerifierTests : IDisposable
{
    private readonly TestLake _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_sound_lake_holds()
    {
        using var lake = await SoundAsync();
        var report = await LakeVerifier.RunAsync(lake);
        Assert.Empty(report.Problems);
        Assert.Equal((6, 9, 63, 3, 2), (report.Tables, report.Files, report.Rows, report.LedgerRows, report.Streams));
    }

    [Fact]
    public async Task An_empty_lake_holds()
    {
        using var lake = await _test.OpenAsync();
        Assert.Empty((await LakeVerifier.RunAsync(lake)).Problems);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_told_with_the_rows_that_are_missing()
    {
        using var lake = await SoundAsync();
        var file = lake.Table("impressions").FilesOf(lake.Table("impressions").Delta.Latest)[0];
        File.Delete(file.Address);
        var problems = (await LakeVerifier.RunAsync(lake)).Problems;
        Assert.Contains(new VerifyProblem("files", $"impressions/{file.Path}", "the file is not there"), problems);
        Assert.Contains(
            problems,
            found => found.Check == "rows" && found.Where.StartsWith("impressions, stream", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_file_cut_short_or_swapped_is_told()
    {
        using var lake = await SoundAsync();
        var files = lake.Table("impressions").FilesOf(lake.Table("impressions").Delta.Latest);
        await File.WriteAllBytesAsync(files[0].Address, (await File.ReadAllBytesAsync(files[0].Address))[..^1]);
        var damaged = await File.ReadAllBytesAsync(files[1].Address);
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(files[1].Address, damaged);
        var problems = (await LakeVerifier.RunAsync(lake)).Problems;
        Assert.Contains(
            problems,
            found =>
                found.Where.EndsWith(files[0].Path, StringComparison.Ordinal)
                && found.What.Contains("bytes", StringComparison.Ordinal)
        );
        Assert.Contains(
            problems,
            found =>
                found.Where.EndsWith(files[1].Path, StringComparison.Ordinal)
                && found.What.Contains("PAR1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_file_that_a_foreign_commit_added_or_took_away_is_told()
    {
        using var lake = await SoundAsync();
        var table = lake.Table("impressions");
        var file = table.Delta.Latest.Files.Values.First();
        await table.Delta.CommitAsync(
            new("DELETE") { Removes = [AdvertiseX.Lake.Delta.RemoveFile.Of(file, DateTimeOffset.UnixEpoch, true)] },
            table.Delta.Latest
        );
        var told = Assert.Single((await LakeVerifier.RunAsync(lake)).Problems);
        Assert.Equal("rows", told.Check);
        Assert.Matches("the ledger counts \\d+ accepted, the table has \\d+ rows", told.What);
    }

    [Fact]
    public async Task A_duplicate_and_a_row_count_that_lies_are_told()
    {
        using var lake = await _test.OpenAsync();
        await TestRows.CommitAsync(lake, "s", 0, 9);
        var same = await TestRows.StageAsync(lake, FactTables.Impressions, "s", 4, 5);
        await lake.Ledger.CommitAsync(new([TestLake.Advance("s", 9, 14, 5)], [same], lake.Ledger.Version));
        var fewer = await TestRows.StageAsync(lake, FactTables.Impressions, "s", 100, 3);
        await lake.Ledger.CommitAsync(
            new([TestLake.Advance("s", 14, 18, 4)], [fewer with { Rows = 4, StatsJson = null }], lake.Ledger.Version)
        );
        Assert.DoesNotContain(
            (await LakeVerifier.RunAsync(lake, new() { Quick = true })).Problems,
            found => found.Check == "duplicates"
        );
        var problems = (await LakeVerifier.RunAsync(lake)).Problems;
        Assert.Equal(5, problems.Count(found => found.Check == "duplicates"));
        Assert.Contains(problems, found => found.What == "the log says 4 rows, the file has 3");
    }

    [Fact]
    public async Task A_ledger_whose_rows_were_tampered_with_is_told()
    {
        using var lake = await SoundAsync();
        var rows = lake
            .Ledger.Delta.Latest.Files.Values.OrderBy(file => file.ModifiedMillis)
            .ThenBy(file => file.Path)
            .ToList();
        using (var connection = lake.Engine.Connect())
        {
            foreach (var row in rows)
            {
                var path = Path.Combine(_test.Folder, IngestLedger.TableName, row.Path);
                connection.Execute(
                    $"COPY (SELECT * REPLACE (from_offset + 1 AS from_offset, duplicate + 1 AS duplicate) FROM read_parquet('{path}')) TO '{path}.new' (FORMAT parquet, COMPRESSION zstd)"
                );
                File.Delete(path);
                File.Copy($"{path}.new", path);
                File.Delete($"{path}.new");
            }
        }
        // Sizes and hashes differ by now; the log is told so, as one who tampers well would do.
        foreach (
            var log in Directory.GetFiles(Path.Combine(_test.Folder, IngestLedger.TableName, "_delta_log"), "*.json")
        )
        {
            var text = await File.ReadAllTextAsync(log);
            foreach (var row in rows)
            {
                var content = await File.ReadAllBytesAsync(
                    Path.Combine(_test.Folder, IngestLedger.TableName, row.Path)
                );
                if (text.Contains(row.Path, StringComparison.Ordinal))
                    text = text.Replace(
                            $"\"size\":{row.SizeBytes}",
                            $"\"size\":{content.Length}",
                            StringComparison.Ordinal
                        )
                        .Replace(row.Hash!, FileHash.TextOf(content), StringComparison.Ordinal);
            }
            await File.WriteAllTextAsync(log, text, new UTF8Encoding(false));
        }
        using var again = await _test.OpenAsync();
        var problems = (await LakeVerifier.RunAsync(again)).Problems;
        Assert.Equal(3, problems.Count(found => found.Check == "conservation"));
        Assert.Contains(
            problems,
            found =>
                found.Check == "positions"
                && found.What.Contains("begins at 21, and the batch before it ended at 20", StringComparison.Ordinal)
        );
    }

    private async Task<DataLake> SoundAsync()
    {
        var lake = await _test.OpenAsync();
        await TestRows.CommitAsync(lake, "s", 0, 20);
        await TestRows.CommitAsync(lake, "s", 20, 40);
        await TestRows.CommitAsync(lake, "it's \"t\"", 0, 20);
        await lake.ApplyAsync();
        return lake;
    }
}
