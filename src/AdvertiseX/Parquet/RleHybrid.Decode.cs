using System.Runtime.CompilerServices;
using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <content>Reads what any writer packed.</content>
internal static unsafe partial class RleHybrid
{
    /// <summary>Codes that may be written past those asked for.</summary>
    public const int Slack = 8;

    private const int WidestCode = 32;

    /// <summary>Fills <paramref name="codes"/> with <paramref name="count"/> codes; false when the bytes are not
    /// exactly so many.</summary>
    /// <param name="bytes">Runs; 16 bytes past them must be readable.</param>
    /// <param name="width">Bits of a code.</param>
    /// <param name="codes">Room for <see cref="Slack"/> more.</param>
    public static bool TryDecode(byte* bytes, int length, int width, int count, int* codes)
    {
        if (width is < 1 or > WidestCode)
            return false;
        var from = new ByteCursor(bytes, length);
        var target = new Codes(codes, width);
        return TryReadRuns(ref from, width, count, ref target) && from.Left == 0;
    }

    /// <summary>Fills <paramref name="codes"/> from runs of any writer: the last may be longer, and bytes may
    /// follow.</summary>
    /// <param name="bytes">Runs, and nothing before them.</param>
    /// <param name="width">Bits of a code, 0 to 32.</param>
    /// <param name="codes">As many codes as are to be read.</param>
    /// <exception cref="ParquetLayoutException">The bytes hold fewer.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, int width, Span<int> codes)
    {
        if (width is < 0 or > WidestCode)
            throw new ParquetLayoutException($"a code has {width} bits");
        using var padded = NativePool.Rent(bytes.Length);
        using var decoded = NativePool.Rent((codes.Length + (long)Slack) * sizeof(int));
        bytes.CopyTo(padded.Span);
        var from = new ByteCursor(padded.Pointer, bytes.Length);
        var target = new FirstCodes((int*)decoded.Pointer, width);
        if (!TryReadRuns(ref from, width, codes.Length, ref target))
            throw new ParquetLayoutException("codes end before their page does");
        new Span<int>(decoded.Pointer, codes.Length).CopyTo(codes);
    }

    /// <summary>Walks over runs until they gave <paramref name="count"/> values.</summary>
    /// <param name="from">Stands behind the last run that was read when true is returned.</param>
    /// <param name="width">Bits of a value.</param>
    /// <param name="to">Takes the values.</param>
    internal static bool TryReadRuns<T>(ref ByteCursor from, int width, int count, ref T to)
        where T : struct, IHybridTarget
    {
        for (var at = 0; at < count; )
        {
            var header = from.Varint();
            var run = header >> 1;
            if (from.Failed || run == 0)
                return false;
            var left = count - at;
            var bytes = from.At;
            if ((header & 1) == 0)
            {
                if (T.TakesLonger)
                    run = Math.Min(run, (ulong)left);
                if (run > (ulong)left || !from.Skip((width + 7) / 8) || !to.Repeat(bytes, at, (int)run))
                    return false;
                at += (int)run;
                continue;
            }

            var groups = (ulong)(left + 7) / 8;
            if (T.TakesLonger)
                run = Math.Min(run, groups);
            if (run > groups || !SkipGroups<T>(ref from, (long)run, width, left))
                return false;
            to.Unpack(bytes, at, (int)run, left);
            at += (int)run * 8;
        }

        return true;
    }

    /// <summary>Steps over groups; false when the bytes end before. The last group may be cut after the values that
    /// are wanted where the target takes other lengths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool SkipGroups<T>(ref ByteCursor from, long groups, int width, int left)
        where T : struct, IHybridTarget
    {
        var bytes = groups * width;
        if (T.TakesLonger)
            bytes = Math.Min(bytes, ((Math.Min(groups * 8, left) * width) + 7) / 8);
        return from.Skip(bytes);
    }

    private static int CodeAt(byte* value, int width) =>
        (int)(Unsafe.ReadUnaligned<ulong>(value) & ((1UL << width) - 1));

    private readonly struct Codes(int* codes, int width) : IHybridTarget
    {
        public static bool TakesLonger => false;

        public bool Repeat(byte* value, int at, int count)
        {
            new Span<int>(codes + at, count).Fill(CodeAt(value, width));
            return true;
        }

        public void Unpack(byte* packed, int at, int groups, int left) =>
            BitUnpacking.UnpackCodes(packed, groups, width, codes + at);
    }

    private readonly struct FirstCodes(int* codes, int width) : IHybridTarget
    {
        private readonly Codes _codes = new(codes, width);

        public static bool TakesLonger => true;

        public bool Repeat(byte* value, int at, int count) => _codes.Repeat(value, at, count);

        public void Unpack(byte* packed, int at, int groups, int left) => _codes.Unpack(packed, at, groups, left);
    }
}
