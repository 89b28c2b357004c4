using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>DELTA_LENGTH_BYTE_ARRAY (parquet-format Encodings.md): all lengths, then all bytes.</summary>
internal static unsafe class TextPages
{
    /// <summary>Appends texts, each of at least 1 byte. Up to 31 bytes past each must be readable.</summary>
    /// <param name="arena">What the references count from.</param>
    /// <param name="lengths">Room for one number a text.</param>
    /// <param name="range">Widened by the texts, if they are to be bounded.</param>
    public static void Encode(
        byte* arena,
        TextRef* refs,
        int count,
        long* lengths,
        EncodeBuffer output,
        ref TextRange range,
        bool bounded
    )
    {
        long bytes = 0;
        for (var i = 0; i < count; i++)
        {
            lengths[i] = refs[i].Length;
            bytes += refs[i].Length;
        }

        DeltaBinaryPacked.Encode(lengths, count, narrow: false, output);
        var to = output.Reserve(bytes);
        if (bounded)
            CopyBounded(arena, refs, count, to, ref range);
        else
            Copy(arena, refs, count, to);
        output.Advance(bytes);
    }

    private static void Copy(byte* arena, TextRef* refs, int count, byte* to)
    {
        for (var i = 0; i < count; i++)
        {
            to = CopyText(arena + refs[i].Start, refs[i].Length, to);
        }
    }

    private static void CopyBounded(byte* arena, TextRef* refs, int count, byte* to, ref TextRange range)
    {
        var widened = range;
        for (var i = 0; i < count; i++)
        {
            var text = arena + refs[i].Start;
            widened.Add(text, refs[i].Length);
            to = CopyText(text, refs[i].Length, to);
        }

        range = widened;
    }

    /// <summary>Copies in steps of 32 bytes, over both ends; arenas and outputs have that much room behind
    /// them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* CopyText(byte* text, int length, byte* to)
    {
        if (length > 256)
        {
            Unsafe.CopyBlockUnaligned(to, text, (uint)length);
            return to + length;
        }

        for (var at = 0; at < length; at += 32)
            Vector256.Load(text + at).Store(to + at);
        return to + length;
    }

    /// <summary>Asks for memory that will be copied soon: a page's texts are first found, then copied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }
}
