using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>The address that librdkafka knows a client by, which Confluent.Kafka keeps to itself. Valid while the
/// client lives.</summary>
internal static class RdKafkaHandle
{
    private static readonly PropertyInfo Property =
        typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingMemberException(nameof(Handle), "LibrdkafkaHandle");

    public static nint Of(Handle client) => ((SafeHandle)Property.GetValue(client)!).DangerousGetHandle();
}
