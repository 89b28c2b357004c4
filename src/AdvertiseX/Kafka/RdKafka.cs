using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AdvertiseX.Kafka;

/// <summary>
/// Functions of librdkafka's C API that Confluent.Kafka does not offer, in the copy of the library that it has loaded:
/// a second copy would not know its handles. The classes RdKafkaConsuming and
/// RdKafkaProducing have those of one side each.
/// </summary>
internal static unsafe class RdKafka
{
    private static readonly nint Library = FindLoaded();

    /// <summary><c>rd_kafka_queue_destroy</c>.</summary>
    public static readonly delegate* unmanaged<nint, void> DestroyQueue = (delegate* unmanaged<nint, void>)Export(
        "rd_kafka_queue_destroy"
    );

    /// <summary>The address of a function of the library.</summary>
    public static nint Export(string name) => NativeLibrary.GetExport(Library, name);

    private static nint FindLoaded()
    {
        // Reading the version loads the library, unless it is loaded.
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
