using AdvertiseX.Cli;
using AdvertiseX.Engines;

namespace AdvertiseX.Tests.Cli;

/// <summary>A command whose files were deleted under it reads the newest, as long as nobody saw a part of its
/// answer.</summary>
public class FreshReadTests
{
    private static readonly QueryException Gone = new(QueryFailure.FileGone, "gone");

    [Fact]
    public async Task A_command_runs_anew_when_a_file_is_gone() => Assert.Equal((0, 3), await RunAsync(gone: 2));

    [Fact]
    public async Task A_file_that_stays_away_ends_the_command() =>
        Assert.Same(Gone, await Assert.ThrowsAsync<QueryException>(() => RunAsync(gone: int.MaxValue)));

    [Fact]
    public async Task A_command_that_wrote_something_does_not_write_it_again() =>
        await Assert.ThrowsAsync<QueryException>(() => RunAsync(gone: 1, writes: true));

    private static async Task<(int Code, int Runs)> RunAsync(int gone, bool writes = false)
    {
        using var terminal = new Terminal(new MemoryStream(), TextWriter.Null, _ => null);
        var runs = 0;
        var code = await FreshRead.RunAsync(
            terminal,
            () =>
            {
                if (writes)
                    terminal.Output.Write("a part"u8);
                return ++runs <= gone ? Task.FromException<int>(Gone) : Task.FromResult(0);
            }
        );
        return (code, runs);
    }
}
