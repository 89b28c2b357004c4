using System.Text;
using System.Text.RegularExpressions;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Models;
using AdvertiseX.Tests.Cli;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.Tests.Lake;

/// <summary>What verification says of files that are not as they were written, and of what only looks wrong.</summary>
public sealed partial class DamagedFileTests : IDisposable
{
    private const int Flips = 24;
    private static readonly DateOnly Merged = new(2024, 3, 1);
    private readonly TempIngest _ingest = new();

    public void Dispose() => _ingest.Dispose();

    [Fact(Explicit = true)]
    public async Task A_flipped_byte_anywhere_in_a_file_is_found()
    {
        using var lake = await FilledAsync();
        Assert.Empty((await LakeVerifier.RunAsync(lake)).Problems);
        var table = lake.Table("impressions");
        var files = table.FilesOf(table.Delta.Latest);
        var mart = lake.Table("impression_rollup");
        LakeFile[] victims =
        [
            Assert.Single(files, file => file.EventDate == Merged),
            Assert.Single(files, file => file.EventDate != Merged),
            mart.FilesOf(mart.Delta.Latest)[0],
        ];
        var random = new Random(46);
        for (var flip = 0; flip < Flips; flip++)
        {
            var whole = victims.Select(file => File.ReadAllBytes(file.Address)).ToList();
            for (var i = 0; i < victims.Length; i++)
            {
                // Evenly spread, from the first byte to the last.
                var damaged = whole[i].ToArray();
                damaged[(damaged.Length - 1) * flip / (Flips - 1)] ^= (byte)(1 << random.Next(8));
                await File.WriteAllBytesAsync(victims[i].Address, damaged);
            }
            var told = (await LakeVerifier.RunAsync(lake)).Problems;
            foreach (var file in victims)
                Assert.Contains(told, problem => problem.Check == "files" && problem.Where == file.Key);
            for (var i = 0; i < victims.Length; i++)
                await File.WriteAllBytesAsync(victims[i].Address, whole[i]);
        }
        Assert.Empty((await LakeVerifier.RunAsync(lake)).Problems);
    }

    [Fact]
    public async Task A_damaged_page_of_ours_is_named_and_a_quick_look_sees_structure_alone()
    {
        using var lake = await FilledAsync();
        var table = lake.Table("impressions");
        var file = Assert.Single(table.FilesOf(table.Delta.Latest), file => file.EventDate != Merged);
        var whole = await File.ReadAllBytesAsync(file.Address);
        var creative = whole.AsSpan().IndexOf("creative-of-"u8);
        await FlipAsync(file, whole, creative);
        var told = Assert.Single((await LakeVerifier.RunAsync(lake)).Problems, found => found.Check == "files").What;
        Assert.Matches(
            "^the log says hash [0-9a-f]{32}, the file has [0-9a-f]{32}; damaged: page 0 of column creative_id in row group 0$",
            told
        );
        Assert.Empty((await LakeVerifier.RunAsync(lake, new() { Quick = true })).Problems);

        await FlipAsync(file, whole, whole.Length - 1);
        Assert.Contains(
            (await LakeVerifier.RunAsync(lake, new() { Quick = true })).Problems,
            found => found.Where == file.Key && found.What.Contains("PAR1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_damaged_file_is_not_merged_into_a_sound_one()
    {
        using var lake = await _ingest.OpenAsync();
        foreach (var batch in new[] { "a", "b" })
        {
            _ingest.Write($"{batch}.json", Row(batch, "2024-03-01", 0));
            await _ingest.RunAsync();
        }
        await lake.RefreshAsync();
        var table = lake.Table("impressions");
        var file = table.FilesOf(table.Delta.Latest)[0];
        var whole = await File.ReadAllBytesAsync(file.Address);
        await FlipAsync(file, whole, whole.AsSpan().IndexOf("creative-of-"u8));
        var told = await Assert.ThrowsAsync<AdvertiseX.Lake.Delta.DeltaException>(async () =>
            await Compaction.RunAsync(lake, table, SharedEngines.Models, new() { MinFiles = 2 })
        );
        Assert.StartsWith($"{file.Key} is damaged and was not merged", told.Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(file.Address, whole);
        var report = await Compaction.RunAsync(lake, table, SharedEngines.Models, new() { MinFiles = 2 });
        Assert.Equal((2, 1), (report.Before, report.After));
    }

    [Fact]
    public async Task A_hash_that_the_ledger_does_not_know_is_told()
    {
        string hash,
            path;
        using (var lake = await FilledAsync())
        {
            var add = lake.Table("impressions").Delta.Latest.Files.Values.Single(file => file.EventDate != Merged);
            (hash, path) = (add.Hash!, add.Path);
        }
        EditLogs("impressions", text => text.Replace(hash, new string('0', 32), StringComparison.Ordinal));
        using var again = await _ingest.OpenAsync();
        var told = (await LakeVerifier.RunAsync(again)).Problems;
        Assert.Contains(
            new(
                "staged",
                $"impressions/{path}",
                $"the ledger staged it with hash {hash}, the table's log says {new string('0', 32)}"
            ),
            told
        );
        Assert.Contains(told, found => found.Check == "files" && found.Where == $"impressions/{path}");
    }

    [Fact]
    public async Task Files_without_a_hash_are_counted_and_hold()
    {
        (await FilledAsync()).Dispose();
        foreach (var table in await new LocalObjectStore(_ingest.Lake).FoldersAsync())
            EditLogs(table, text => HashOfStaged().Replace(Tags().Replace(text, ""), ""));
        using (var lake = await _ingest.OpenAsync())
        {
            var report = await LakeVerifier.RunAsync(lake);
            Assert.Empty(report.Problems);
            Assert.Equal(report.Files, report.UnhashedFiles);
            Assert.Equal(0, (await LakeVerifier.RunAsync(lake, new() { Quick = true })).UnhashedFiles);
        }
        var (code, output, _) = await CliRun.RunAsync("lake", "verify", "--lake", _ingest.Lake);
        Assert.Equal(0, code);
        Assert.Contains(" files have no hash", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeat_at_another_time_is_said_and_does_not_fail()
    {
        _ingest.Write("a.json", Row("same", "2024-02-01", 0) + Row("other", "2024-02-01", 1));
        await _ingest.RunAsync();
        _ingest.Write("b.json", Row("same", "2024-02-20", 0));
        await _ingest.RunAsync();
        using (var lake = await _ingest.OpenAsync())
        {
            var report = await LakeVerifier.RunAsync(lake);
            Assert.Empty(report.Problems);
            Assert.Equal(
                "duplicates: impressions: 1 events are there again on dates more than the look-back of 7 days apart, which is allowed; one is same; models count the first row of each",
                Assert.Single(report.Remarks).ToString()
            );
            var wider = await LakeVerifier.RunAsync(lake, new() { DuplicateLookback = TimeSpan.FromDays(19) });
            Assert.Empty(wider.Problems);
            Assert.Equal(
                "duplicates: impressions: 1 events are there again at another time within the look-back, which is not looked for where "
                    + "key filters do not fit into ingest.key_filter_mib, or ingest looked back less far; one is same; models count the first row of each",
                Assert.Single(wider.Remarks).ToString()
            );
        }
        var (code, output, _) = await CliRun.RunAsync("lake", "verify", "--lake", _ingest.Lake);
        Assert.Equal(0, code);
        Assert.Contains("remark: duplicates: impressions: 1 events", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_look_back_is_that_of_ingest() =>
        Assert.Equal(new AdvertiseX.Ingestion.IngestOptions().DuplicateLookback, new VerifyOptions().DuplicateLookback);

    [Fact]
    public async Task A_link_is_not_followed()
    {
        using var lake = await FilledAsync();
        var table = lake.Table("impressions");
        var file = table.FilesOf(table.Delta.Latest)[0];
        var elsewhere = Path.Combine(_ingest.Folder, "elsewhere.parquet");
        File.Copy(file.Address, elsewhere);
        File.Delete(file.Address);
        File.CreateSymbolicLink(file.Address, elsewhere);
        Assert.Contains(
            new(
                "files",
                file.Key,
                $"the file is a symbolic link to {elsewhere}, which is not followed; put the file itself in its place"
            ),
            (await LakeVerifier.RunAsync(lake, new() { Quick = true })).Problems
        );
        // Nor where it leads nowhere.
        File.Delete(elsewhere);
        Assert.Contains(
            (await LakeVerifier.RunAsync(lake)).Problems,
            found => found.Where == file.Key && found.What.Contains("symbolic link", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_link_is_followed_by_no_command()
    {
        LakeFile fact;
        LakeFile mart;
        using (var lake = await FilledAsync())
        {
            fact = lake.Table("impressions").FilesOf(lake.Table("impressions").Delta.Latest)[0];
            mart = lake.Table("impression_rollup").FilesOf(lake.Table("impression_rollup").Delta.Latest)[0];
        }

        // A day of the linked file: duplicates are looked for in it.
        var late = _ingest.Write("late.json", Row("late", "2024-03-01", 1));
        foreach (
            var (file, lines) in ((LakeFile, string[])[])
                [
                    (fact, ["query|SELECT 1", "run|impression_rollup|--full", $"ingest|{late}"]),
                    (mart, ["query|FROM impression_rollup", "run|performance_rollup"]),
                ]
        )
        {
            var elsewhere = Path.Combine(_ingest.Folder, "elsewhere.parquet");
            File.Move(file.Address, elsewhere);
            File.CreateSymbolicLink(file.Address, elsewhere);
            foreach (var line in lines)
            {
                var (code, output, error) = await CliRun.RunAsync([.. line.Split('|'), "--lake", _ingest.Lake]);
                Assert.Equal(1, code);
                Assert.Contains(
                    $"{file.Address} is a symbolic link to {elsewhere}, which is not followed; put the file itself in its place",
                    output + error,
                    StringComparison.Ordinal
                );
            }

            File.Delete(file.Address);
            File.WriteAllText(file.Address, "");
            var (empty, _, said) = await CliRun.RunAsync("query", "SELECT 1", "--lake", _ingest.Lake);
            Assert.Equal(1, empty);
            Assert.Contains($"{file.Address} is empty or not a regular file", said, StringComparison.Ordinal);
            File.Delete(file.Address);
            File.Move(elsewhere, file.Address);
        }
    }

    [Fact]
    public async Task Checksum_files_of_other_programs_are_none_of_the_lakes()
    {
        using (var lake = await FilledAsync())
        {
            Assert.Equal(0, (await LakeVerifier.RunAsync(lake)).UnnamedFiles);
            foreach (var file in Directory.GetFiles(_ingest.Lake, "*", SearchOption.AllDirectories))
            {
                var name = Path.GetFileName(file);
                var folder = Path.GetDirectoryName(file)!;
                // As Hadoop names them, and as others do.
                await File.WriteAllTextAsync(Path.Combine(folder, $".{name}.crc"), "crc");
                await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.crc"), "crc");
            }
        }
        using (var again = await _ingest.OpenAsync())
        {
            var report = await LakeVerifier.RunAsync(again);
            Assert.Empty(report.Problems);
            Assert.Equal(0, report.UnnamedFiles);
            var stray = Path.Combine(_ingest.Lake, "impressions", "event_date=2024-03-01", "stray.parquet");
            await File.WriteAllTextAsync(stray, "left");
            Assert.Equal(1, (await LakeVerifier.RunAsync(again)).UnnamedFiles);
        }
    }

    /// <summary>Two days of impressions, of which the first was merged from two files, and a mart.</summary>
    private async Task<DataLake> FilledAsync()
    {
        for (var batch = 0; batch < 2; batch++)
        {
            var rows = Enumerable.Range(batch * 200, 200).Select(i => Row($"i{i}", "2024-03-01", i));
            _ingest.Write($"{batch}.json", string.Concat(rows));
            await _ingest.RunAsync();
        }
        _ingest.Write("2.json", string.Concat(Enumerable.Range(400, 300).Select(i => Row($"i{i}", "2024-03-02", i))));
        await _ingest.RunAsync();
        var lake = await _ingest.OpenAsync();
        var table = lake.Table("impressions");
        await Compaction.RunAsync(lake, table, SharedEngines.Models, new() { MinFiles = 2 });
        var runner = new ModelRunner(
            SharedEngines.Models,
            options: new ModelRunnerOptions { ScratchDirectory = _ingest.Folder }
        );
        await runner.RunAsync(lake, ["impression_rollup"], cancellation: TestContext.Current.CancellationToken);
        return lake;
    }

    private static string Row(string id, string day, int i) =>
        $$"""{"impression_id":"{{id}}","timestamp":"{{day}}T10:{{i / 60 % 60:00}}:{{i % 60:00}}Z","user_id":"u{{i % 7}}","creative_id":"creative-of-{{i % 5}}","campaign_id":"c{{i % 3}}"}"""
        + "\n";

    private static async Task FlipAsync(LakeFile file, byte[] whole, int at)
    {
        var damaged = whole.ToArray();
        damaged[at] ^= 1;
        await File.WriteAllBytesAsync(file.Address, damaged);
    }

    private void EditLogs(string table, Func<string, string> edit)
    {
        foreach (var log in Directory.GetFiles(Path.Combine(_ingest.Lake, table, "_delta_log"), "*.json"))
            File.WriteAllText(log, edit(File.ReadAllText(log)), new UTF8Encoding(false));
    }

    [GeneratedRegex(@",?""tags"":\{""adx\.hash"":""[0-9a-f]{32}""(,""adx\.ledger"":""[0-9-]+"")?\}")]
    private static partial Regex Tags();

    [GeneratedRegex(@",?""hash"":""[0-9a-f]{32}""")]
    private static partial Regex HashOfStaged();
}
