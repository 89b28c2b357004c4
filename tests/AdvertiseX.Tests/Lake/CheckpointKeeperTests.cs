using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Tests.Lake;

/// <summary>When checkpoints are written, and by whom.</summary>
public sealed class CheckpointKeeperTests : IDisposable
{
    private static readonly DeltaSnapshot Start = DeltaSnapshot.Empty.Apply(
        0,
        [
            TableProtocol.Ours,
            new TableMetadata("id", null, new DeltaSchema([]).ToJson(), [], new Dictionary<string, string?>(), 1),
        ]
    );

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adx-keeper-");
    private readonly FlakyStore _store;
    private readonly DeltaLog _log;

    public CheckpointKeeperTests()
    {
        _store = new(new LocalObjectStore(_folder.FullName));
        _log = new(_store, "table");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_checkpoint_is_due_after_a_hundred_commits_that_make_a_tenth_of_it()
    {
        await CommitAsync(Start, 1_150, files: 2, NewKeeper());
        Assert.Equal([99, 199, 299, 399, 499, 599, 699, 799, 899, 999, 1_099], await CheckpointsAsync());
        Assert.Equal(1_099, (await _log.ReadHintAsync(default)).Version);
    }

    [Fact]
    public async Task Of_a_large_table_it_is_due_after_a_thousand_commits()
    {
        var keeper = NewKeeper();
        var large = Start.Apply(1, [.. Enumerable.Range(0, 12_000).Select(file => Add($"many-{file}"))]);
        await keeper.WriteAsync(large, default);
        await CommitAsync(large, 1_100, files: 1, keeper);
        // A tenth of 12,000 files is more than a thousand commits bring.
        Assert.Equal([1, 1_001], await CheckpointsAsync());
    }

    [Fact]
    public async Task Of_processes_that_commit_in_turn_one_writes_each_checkpoint()
    {
        var keepers = Enumerable.Range(0, 5).Select(_ => NewKeeper()).ToArray();
        await CommitAsync(Start, 950, files: 1, keepers);
        Assert.InRange((await CheckpointsAsync()).Count, 5, 10);
        Assert.Equal((await CheckpointsAsync())[^1], (await _log.ReadHintAsync(default)).Version);
    }

    [Fact]
    public async Task A_slow_writer_of_an_older_version_does_not_take_the_hint_back()
    {
        var newer = await CommitAsync(Start, 20, files: 1);
        await NewKeeper().WriteAsync(newer, default);
        Assert.True(await NewKeeper().WriteAsync(Start, default));
        Assert.Equal([0, 20], await CheckpointsAsync());
        Assert.Equal(20, (await _log.ReadHintAsync(default)).Version);
        Assert.False(await NewKeeper().WriteAsync(newer, default));
    }

    [Fact]
    public async Task A_checkpoint_that_fails_is_tried_again_and_fails_no_commit()
    {
        _store.FailPuts = 1;
        await CommitAsync(Start, 170, files: 1, NewKeeper());
        Assert.Equal([149], await CheckpointsAsync());
    }

    [Fact]
    public async Task Files_that_left_are_named_as_long_as_they_are_kept()
    {
        var now = TimeProvider.System.GetUtcNow();
        var removed = new[] { 1, 6, 8 }
            .Select(days => RemoveFile.Of(Add($"{days} days ago"), now.AddDays(-days), true))
            .ToDictionary(file => file.Path);
        var keeper = new CheckpointKeeper(
            _store,
            _log,
            (_, _) => ValueTask.FromResult(new RemovedFiles(removed, long.MinValue)),
            () => TimeSpan.FromDays(7),
            TimeProvider.System
        );
        await keeper.WriteAsync(Start, default);
        var content = (await _store.ReadAsync(_log.CheckpointKey(0)))!;
        Assert.Equal(["1 days ago", "6 days ago"], CheckpointReader.ReadRemoved(content).Select(file => file.Path));
        var since = (await _log.ReadHintAsync(default)).RemovedSince!.Value;
        Assert.InRange(since, now.AddDays(-7).ToUnixTimeMilliseconds(), now.AddDays(-6.9).ToUnixTimeMilliseconds());
    }

    private CheckpointKeeper NewKeeper() =>
        new(
            _store,
            _log,
            (_, _) => ValueTask.FromResult(new RemovedFiles(new Dictionary<string, RemoveFile>(), long.MinValue)),
            () => TimeSpan.FromDays(7),
            TimeProvider.System
        );

    /// <summary>Commits that nobody writes, by each keeper's process in turn.</summary>
    private static async Task<DeltaSnapshot> CommitAsync(
        DeltaSnapshot snapshot,
        int commits,
        int files,
        params CheckpointKeeper[] keepers
    )
    {
        for (var commit = 0; commit < commits; commit++)
        {
            var version = snapshot.Version + 1;
            var next = snapshot.Apply(
                version,
                [.. Enumerable.Range(0, files).Select(file => Add($"{version}-{file}"))]
            );
            if (keepers.Length > 0)
            {
                var keeper = keepers[commit % keepers.Length];
                keeper.WriteWhenDue(snapshot, next);
                await keeper.WrittenAsync();
            }
            snapshot = next;
        }
        return snapshot;
    }

    private async Task<List<long>> CheckpointsAsync()
    {
        var checkpoints = new List<long>();
        await foreach (var (version, isCheckpoint, _) in _log.EntriesAsync(null, default))
            if (isCheckpoint)
                checkpoints.Add(version);
        return checkpoints;
    }

    private static AddFile Add(string path) => new(path, new Dictionary<string, string?>(), 1, 2, true, null);
}
