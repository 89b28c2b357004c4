namespace AdvertiseX.Ingestion;

/// <summary>
/// Gathers blocks into commit units and commits each full one while the next fills: one commit under way at most, in
/// order, so two units of memory. For one thread.
/// </summary>
/// <param name="unitBytes">Bytes of memory that make a unit full.</param>
/// <param name="commit">Commits a unit, which stays the queue's.</param>
/// <param name="cancellation">Begins no further commits.</param>
internal sealed class UnitQueue(long unitBytes, Func<CommitUnit, Task> commit, CancellationToken cancellation)
    : IAsyncDisposable
{
    private CommitUnit _filling = new(unitBytes);
    private volatile Task _committing = Task.CompletedTask;

    /// <summary>Whether a commit is under way. For any thread.</summary>
    public bool IsCommitting => !_committing.IsCompleted;

    /// <summary>Adds a block and takes it over; waits while a full unit has to.</summary>
    /// <param name="block">The block.</param>
    /// <param name="again">Decodes a kept block again, where streams may be read anew; else null.</param>
    public async Task AddAsync(DecodedBlock block, Func<BlockRange, DecodedBlock>? again = null)
    {
        if (again is not null && _filling.HoldsOtherReadingOf(block))
            _filling.KeepOnly(other => other.Stream != block.Range.Stream, again);
        _filling.Add(block);
        if (_filling.UsedBytes >= unitBytes || _filling.IsFull)
            await FlushAsync();
    }

    /// <summary>Begins to commit what was gathered.</summary>
    public async Task FlushAsync()
    {
        await _committing;
        if (_filling.IsEmpty || cancellation.IsCancellationRequested)
            return;
        var unit = _filling;
        _filling = new CommitUnit(unitBytes);
        _committing = Task.Run(() => CommitAsync(unit), CancellationToken.None);
    }

    /// <summary>Waits for the commit under way.</summary>
    public Task DrainAsync() => _committing;

    public async ValueTask DisposeAsync()
    {
        await _committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _filling.Dispose();
    }

    // A commit once begun is finished: what stops the program stops between commits.
    private async Task CommitAsync(CommitUnit unit)
    {
        using (unit)
            await commit(unit);
    }
}
