namespace AdvertiseX.Kafka.Producing;

/// <summary>Records that stand one after another in a file and were not delivered, for one reason.</summary>
/// <param name="Topic">Where they should have gone.</param>
/// <param name="Path">Their file.</param>
/// <param name="From">Offset of the first in the file, unpacked; in Avro that of its container block.</param>
/// <param name="Ordinal">Which row at that offset the first is.</param>
/// <param name="To">Offset of the last.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Reason">Why.</param>
internal sealed record UndeliveredRecords(
    string Topic,
    string Path,
    long From,
    int Ordinal,
    long To,
    long Count,
    string Reason
);
