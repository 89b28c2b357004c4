namespace AdvertiseX.Sources;

/// <summary>
/// Streams that one worker reads side by side and that come and go: the partitions of a consumer group's member, the
/// segments of a spool. Each is read from where the ledger stands, in order, in blocks without a gap; what is committed
/// is told to the streams (<see cref="IEventStream.CommittedAsync"/>).
/// </summary>
internal interface ILiveSource
{
    /// <summary>Whether everything that was there when its streams were opened was read.</summary>
    bool IsAtEnd { get; }

    /// <summary>Whether nothing is to be read for now. <see cref="Read"/> is called on all the same.</summary>
    bool IsPaused { get; set; }

    /// <summary>
    /// Reads for about as long as it may wait, and hands on the blocks that are full. Called by one thread again and
    /// again: membership of a group depends on it. A stream that goes to somebody else is handed on and drained before
    /// it goes.
    /// </summary>
    /// <param name="intake">Takes the blocks.</param>
    /// <param name="wait">How long to wait for more.</param>
    /// <param name="all">Also blocks that are not full.</param>
    /// <exception cref="SourceException">The source failed, and reading on does not help.</exception>
    void Read(ILiveIntake intake, TimeSpan wait, bool all);

    /// <summary>Of some streams those that are no longer what they were when they were opened. Asked after their
    /// records were read and before those are committed.</summary>
    /// <exception cref="IOException">It cannot be said now.</exception>
    ValueTask<IReadOnlyList<ILiveStream>> FindReplacedAsync(
        IReadOnlyList<ILiveStream> streams,
        CancellationToken cancellation
    );

    /// <summary>Gives streams up and reads them anew from where the ledger stands, if they are still this worker's. For
    /// any thread.</summary>
    void Restart(IReadOnlyList<ILiveStream> streams);
}
