namespace AdvertiseX.Ingestion;

/// <summary>
/// Gathers blocks into commit units and commits each full one while the next fills: one commit under way at most, in
/// order, so two units of memory. For one thread.
/// </summary>
internal sealed class UnitQueue(UnitCommitter committer, long unitBytes, IngestRun run, CancellationToken cancellation)
    : IAsyncDisposable
{
    private CommitUnit _filling = new(unitBytes);
    private Task _committing = Task.CompletedTask;

    /// <summary>Adds a block and takes it over; waits while a full unit has to.</summary>
    public async Task AddAsync(DecodedBlock block)
    {
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
        {
            var committed = await committer.CommitAsync(unit, CancellationToken.None);
            run.Committed(committed);
            foreach (var (stream, _) in committed.Streams)
                await stream.Source.CommittedAsync(stream.Next, CancellationToken.None);
        }
    }
}
