namespace AdvertiseX.Kafka.Producing;

/// <summary>A file that could not be read to its end.</summary>
internal sealed record BrokenFile(string Path, string Reason);
