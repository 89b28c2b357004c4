namespace AdvertiseX.Sources;

/// <summary>Takes what a live source reads. For the thread that reads.</summary>
internal interface ILiveIntake
{
    /// <summary>Takes over the next block of a stream.</summary>
    void Add(ILiveStream stream, CutBlock block);

    /// <summary>Commits everything taken so far, and waits for it as long as there is time for such things.</summary>
    /// <returns>Whether it is in the ledger.</returns>
    bool Drain();
}
