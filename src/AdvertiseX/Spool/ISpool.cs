namespace AdvertiseX.Spool;

/// <summary>
/// Where deliveries are safe until they are in the lake. What <see cref="KeepAsync"/> acknowledged survives the end of
/// the process and a loss of power, and gets into the lake exactly once. Thread-safe.
/// </summary>
internal interface ISpool
{
    /// <summary>Why nothing can be kept at the moment; null if all is well. Costs nothing to ask.</summary>
    string? Refusal { get; }

    /// <summary>Keeps a delivery. Ends when its bytes are on the disk.</summary>
    /// <param name="delivery">What came; its body is not used any more when the call ends.</param>
    /// <param name="cancellation">Stops waiting; the delivery may be kept all the same.</param>
    /// <exception cref="SpoolUnavailableException">Nothing can be kept now: the disk is full or fails, too much waits,
    /// or the spool closes. Nothing of the delivery was kept, unless the message says that it is not known.</exception>
    /// <exception cref="DeliveryKeyReusedException">The key came before, with another feed or body.</exception>
    ValueTask<SpoolReceipt> KeepAsync(Delivery delivery, CancellationToken cancellation);

    /// <summary>Waits until a delivery is in the lake. To be called before <see cref="KeepAsync"/>'s receipt is a
    /// second old, else the answer may be null though it is there.</summary>
    /// <param name="receipt">Of the delivery.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>What became of each event, in the order of the body; null if it is not known any more, as after a
    /// restart.</returns>
    /// <exception cref="OperationCanceledException">Nobody waits any more, or the spool closes.</exception>
    ValueTask<IReadOnlyList<EventVerdict>?> CommittedAsync(SpoolReceipt receipt, CancellationToken cancellation);
}
