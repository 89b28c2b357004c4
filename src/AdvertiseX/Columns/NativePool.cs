using System.Collections.Concurrent;
using System.Numerics;

namespace AdvertiseX.Columns;

/// <summary>
/// Keeps native buffers of power-of-two sizes for reuse as long as rented and idle ones together stay under
/// <see cref="MaxFootprintBytes"/>; what comes back beyond that is freed. Reuse matters: memory new to the process
/// costs the kernel a page fault and a clearing for each page. Thread-safe. Rented memory is not cleared.
/// </summary>
internal static class NativePool
{
    /// <summary>Bytes rented and idle together beyond which nothing is kept.</summary>
    public const long MaxFootprintBytes = 512L << 20;

    private const int SmallestShift = 9;
    private static readonly ConcurrentStack<NativeBuffer>[] Idle = CreateStacks();
    private static long _retained;
    private static long _outstanding;

    /// <summary>Bytes rented and not yet returned; a test's leak check.</summary>
    public static long OutstandingBytes => Interlocked.Read(ref _outstanding);

    /// <summary>A buffer of at least <paramref name="bytes"/> bytes with undefined content.</summary>
    public static NativeBuffer Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var shift = ShiftOf(bytes);
        var length = 1L << shift;
        Interlocked.Add(ref _outstanding, length);
        if (Idle[shift].TryPop(out var buffer))
        {
            Interlocked.Add(ref _retained, -length);
            return buffer;
        }

        return new NativeBuffer(length);
    }

    internal static void Return(NativeBuffer buffer)
    {
        var outstanding = Interlocked.Add(ref _outstanding, -buffer.Length);
        if (Interlocked.Add(ref _retained, buffer.Length) + outstanding <= MaxFootprintBytes)
        {
            Idle[ShiftOf(buffer.Length)].Push(buffer);
            return;
        }

        Interlocked.Add(ref _retained, -buffer.Length);
        buffer.Free();
    }

    /// <summary>Frees all idle buffers; called when a phase that needed many of them is over.</summary>
    public static void Trim()
    {
        foreach (var stack in Idle)
        {
            while (stack.TryPop(out var buffer))
            {
                Interlocked.Add(ref _retained, -buffer.Length);
                buffer.Free();
            }
        }
    }

    private static int ShiftOf(long bytes) =>
        Math.Max(SmallestShift, 64 - BitOperations.LeadingZeroCount((ulong)Math.Max(bytes, 1) - 1));

    private static ConcurrentStack<NativeBuffer>[] CreateStacks()
    {
        var stacks = new ConcurrentStack<NativeBuffer>[64];
        for (var i = 0; i < stacks.Length; i++)
            stacks[i] = new();
        return stacks;
    }
}
