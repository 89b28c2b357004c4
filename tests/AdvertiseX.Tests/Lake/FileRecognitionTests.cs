using System.Text;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Sources;

namespace AdvertiseX.Tests.Lake;

public sealed class FileRecognitionTests : IDisposable
{
    private readonly TestLake _test = new();
    private readonly string _path;

    public FileRecognitionTests() => _path = Path.Combine(_test.Folder, "log.json");

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_file_grows_is_replaced_and_is_known_again()
    {
        using var lake = await _test.OpenAsync();
        var first = await RecognizeAsync(lake, "one\ntwo\n");
        Assert.Equal((FileChange.New, _path, 0), (first.Change, first.Stream, first.From));
        await ReadAsync(lake, first, "one\ntwo\n", 8);

        Assert.Equal(FileChange.Unchanged, (await RecognizeAsync(lake, "one\ntwo\n")).Change);
        var grown = await RecognizeAsync(lake, "one\ntwo\nthree\n");
        Assert.Equal((FileChange.Grown, _path, 8), (grown.Change, grown.Stream, grown.From));
        await ReadAsync(lake, grown, "one\ntwo\nthree\n", 14);

        foreach (var (content, name) in new[] { ("one\ntwo\nthre!\nfour\n", "#2"), ("one", "#3"), ("", "#4") })
        {
            var replaced = await RecognizeAsync(lake, content);
            Assert.Equal((FileChange.Replaced, _path + name, 0), (replaced.Change, replaced.Stream, replaced.From));
            await ReadAsync(lake, replaced, content, content.Length);
            Assert.Equal(
                (FileChange.Unchanged, _path + name),
                ((await RecognizeAsync(lake, content)).Change, (await RecognizeAsync(lake, content)).Stream)
            );
        }
    }

    [Fact]
    public async Task An_unterminated_tail_is_read_again_when_it_changed()
    {
        using var lake = await _test.OpenAsync();
        const string Content = "one\ntwo\nthr";
        await ReadAsync(lake, await RecognizeAsync(lake, Content), Content, 8);
        Assert.Equal(FileChange.Unchanged, (await RecognizeAsync(lake, Content)).Change);
        foreach (var content in new[] { "one\ntwo\nthree\n", "one\ntwo\nthx", "one\ntwo\nth" })
        {
            var changed = await RecognizeAsync(lake, content);
            Assert.Equal(
                (FileChange.Grown, _path, 8, 3),
                (changed.Change, changed.Stream, changed.From, changed.Known!.TailLength)
            );
        }
        Assert.Equal(FileChange.Unchanged, (await RecognizeAsync(lake, "one\ntwo\n")).Change);
        Assert.Equal(FileChange.Replaced, (await RecognizeAsync(lake, "one\ntw")).Change);
    }

    [Fact]
    public async Task A_file_whose_own_name_looks_like_a_second_stream_stays_apart()
    {
        using var lake = await _test.OpenAsync();
        var plain = await RecognizeAsync(lake, "a\n");
        await ReadAsync(lake, plain, "a\n", 2);
        var odd = await RecognizeAsync(lake, "b\n", _path + "#2");
        Assert.Equal((FileChange.New, _path + "#2"), (odd.Change, odd.Stream));
        await ReadAsync(lake, odd, "b\n", 2, _path + "#2");
        var replaced = await RecognizeAsync(lake, "c\n");
        Assert.Equal((FileChange.Replaced, _path + "#3"), (replaced.Change, replaced.Stream));
    }

    private ValueTask<RecognizedFile> RecognizeAsync(DataLake lake, string content, string? path = null) =>
        FileRecognition.RecognizeAsync(
            lake.Ledger,
            path ?? _path,
            () => new MemoryStream(Encoding.UTF8.GetBytes(content))
        );

    /// <summary>Reads a file up to a position, as ingestion does.</summary>
    private async Task ReadAsync(DataLake lake, RecognizedFile file, string content, int next, string? path = null)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        file.Prefix.Append(bytes.AsSpan((int)file.From..next));
        var tail = bytes.AsSpan(next).ToArray();
        var mark = new FileMark(
            path ?? _path,
            file.Prefix.Text,
            next,
            tail.Length,
            tail.Length > 0 ? ContentHash.TextOf(tail) : null
        );
        var batch = new LedgerBatch([new(file.Stream, file.From, next, []) { File = mark }], [], lake.Ledger.Version);
        Assert.IsType<LedgerResult.Committed>(await lake.Ledger.CommitAsync(batch));
    }
}
