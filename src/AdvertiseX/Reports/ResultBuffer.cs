using System.Buffers;

namespace AdvertiseX.Reports;

internal static class ResultBuffer
{
    private const int LargeBytes = 60_000;

    internal static void FlushIfLarge(ArrayBufferWriter<byte> buffer, Stream output)
    {
        if (buffer.WrittenCount >= LargeBytes)
            Flush(buffer, output);
    }

    internal static void Flush(ArrayBufferWriter<byte> buffer, Stream output)
    {
        output.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }
}
