namespace AdvertiseX.Kafka.Producing;

/// <summary>How sending files ended.</summary>
/// <param name="Topics">What became of the records, for each topic.</param>
/// <param name="Broken">Files that could not be read to their end.</param>
/// <param name="Failure">Why sending ended before everything was read; null if it did not.</param>
internal sealed record ProduceReport(
    IReadOnlyList<DeliveryLog> Topics,
    IReadOnlyList<BrokenFile> Broken,
    string? Failure
)
{
    public bool IsComplete =>
        Failure is null && Broken.Count == 0 && Topics.All(topic => topic.Acknowledged == topic.Records);
}
