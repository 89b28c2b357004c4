using AdvertiseX.Configuration;

namespace AdvertiseX.Kafka.Producing;

/// <summary>How files are sent into topics.</summary>
internal sealed record ProduceOptions
{
    /// <summary>A message that the brokers have not acknowledged after this time is not delivered, and sending
    /// ends.</summary>
    [Option("seconds", 1, 3600, Key = "produce.message_timeout_seconds")]
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Messages that wait for being acknowledged take so much memory at most; reading pauses then.</summary>
    [Option("bytes", 1 << 20, 1 << 30, Key = "produce.buffer_bytes")]
    public long BufferBytes { get; init; } = 32L << 20;

    /// <summary>Records a second, over all topics; 0 for as fast as the brokers take them.</summary>
    public double Rate { get; init; }

    /// <summary>Seconds of the records' own time that pass in a second; 0 where their time does not matter.</summary>
    public double Speed { get; init; }
}
