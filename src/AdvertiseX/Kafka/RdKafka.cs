using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace AdvertiseX.Kafka;

/// <summary>
/// The functions of librdkafka's C API that Confluent.Kafka does not offer, in the copy of the library that it has
/// loaded: a second copy would not know its handles.
/// </summary>
internal static unsafe class RdKafka
{
    /// <summary>The end of a partition was reached.</summary>
    public const int PartitionEof = -191;

    /// <summary>The offset asked for is not there, and no other is to be taken.</summary>
    public const int AutoOffsetReset = -140;

    private static readonly nint Library = FindLoaded();

    /// <summary><c>rd_kafka_queue_get_consumer</c>: messages and events of a consumer.</summary>
    public static readonly delegate* unmanaged<nint, nint> QueueOfConsumer = (delegate* unmanaged<nint, nint>)
        NativeLibrary.GetExport(Library, "rd_kafka_queue_get_consumer");

    /// <summary><c>rd_kafka_queue_destroy</c>.</summary>
    public static readonly delegate* unmanaged<nint, void> DestroyQueue = (delegate* unmanaged<nint, void>)
        NativeLibrary.GetExport(Library, "rd_kafka_queue_destroy");

    /// <summary><c>rd_kafka_consume_batch_queue</c>: waits so many milliseconds, or until there are so many messages.
    /// Calls the consumer's handlers on this thread.</summary>
    public static readonly delegate* unmanaged<nint, int, RdKafkaMessage**, nuint, nint> ConsumeBatch =
        (delegate* unmanaged<nint, int, RdKafkaMessage**, nuint, nint>)
            NativeLibrary.GetExport(Library, "rd_kafka_consume_batch_queue");

    /// <summary><c>rd_kafka_message_destroy</c>.</summary>
    public static readonly delegate* unmanaged<RdKafkaMessage*, void> DestroyMessage = (delegate* unmanaged<
        RdKafkaMessage*,
        void>)
        NativeLibrary.GetExport(Library, "rd_kafka_message_destroy");

    private static readonly delegate* unmanaged<nint, byte*> NameOfTopic = (delegate* unmanaged<nint, byte*>)
        NativeLibrary.GetExport(Library, "rd_kafka_topic_name");

    /// <summary>A function of the library.</summary>
    public static nint Export(string name) => NativeLibrary.GetExport(Library, name);

    /// <summary>Name of a topic.</summary>
    public static string TopicName(nint topic) => Marshal.PtrToStringUTF8((nint)NameOfTopic(topic))!;

    private static nint FindLoaded()
    {
        // Loads it, unless that was done.
        _ = Confluent.Kafka.Library.Version;
        var path = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/maps")
                .Select(line => line[(line.IndexOf('/') is var at and >= 0 ? at : line.Length)..])
                .FirstOrDefault(IsLibrary)
            : Process
                .GetCurrentProcess()
                .Modules.Cast<ProcessModule>()
                .Select(module => module.FileName)
                .FirstOrDefault(IsLibrary);
        return NativeLibrary.Load(path ?? throw new DllNotFoundException("Confluent.Kafka loaded no librdkafka"));
    }

    private static bool IsLibrary(string path) =>
        Path.GetFileNameWithoutExtension(path).EndsWith("librdkafka", StringComparison.Ordinal);
}
