using AdvertiseX.Columns;
using AdvertiseX.Keys;

namespace AdvertiseX.Bench;

/// <summary>What keys cost: sorting, a filter's making, look-ups of a batch in a filter that is in memory, on the disk
/// (its pages in the system's cache), and read whole.</summary>
internal static class KeysBench
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var millions = arguments.Count > 0 ? int.Parse(arguments[0]) : 16;
        var batch = arguments.Count > 1 ? int.Parse(arguments[1]) : 5_000;
        var random = new Random(1);
        var path = Path.Combine(Path.GetTempPath(), $"adx-keys-{Environment.ProcessId}.filter");
        try
        {
            Make(random, millions * 1_000_000, path);
            using var wanted = SortedKeys.Of([.. Enumerable.Range(0, batch).Select(_ => random.NextInt64())]);
            using var handle = File.OpenHandle(path);
            var input = new RangeInput(
                RandomAccess.GetLength(handle),
                (buffer, at) => RandomAccess.Read(handle, buffer, at)
            );
            using (var file = KeyFile.Open(input, path))
            {
                LookUp($"look-ups of {batch:N0}, first, page by page", file, wanted.Entries, 1);
                Console.WriteLine($"  pages read: {file.LoadedBytes:N0} of {input.Length:N0} bytes");
                Time("all pages read", 1, millions * 1_000_000.0, () => file.SectionsOf("k")[0].Cursor());
                LookUp($"look-ups of {batch:N0}, in memory", file, wanted.Entries, 20);
                Time("gone through", 1, millions * 1_000_000.0, () => Count(file.SectionsOf("k")[0].Cursor()));
            }
        }
        finally
        {
            File.Delete(path);
        }

        return 0;
    }

    private static void Make(Random random, int count, string path)
    {
        var entries = new KeyEntries(count);
        for (var i = 0; i < count; i++)
            entries.Add(random.NextInt64(long.MinValue, long.MaxValue), 0);
        SortedKeys? sorted = null;
        Time("sorted", 1, count, () => sorted = entries.Sort());
        using (sorted!)
        using (var writer = new KeyFileWriter(0))
        {
            Time("coded", 1, count, () => writer.Add("k", sorted!));
            using var stream = File.Create(path);
            Time("written", 1, count, () => writer.WriteTo(stream, null));
            Console.WriteLine($"  {8.0 * stream.Length / count:F2} bits a key");
        }
    }

    private static void LookUp(string what, KeyFile file, ReadOnlySpan<ulong> wanted, int times)
    {
        var matches = new List<KeyMatch>();
        var set = file.SectionsOf("k")[0];
        var started = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times; i++)
            set.Match(wanted, matches);
        Tell(what, Environment.CpuUsage.TotalTime - started, (double)times * wanted.Length);
        Console.WriteLine($"  {100.0 * matches.Count / times / wanted.Length:F4} % false hits");
    }

    private static long Count(KeyCursor cursor)
    {
        long count = 0;
        while (cursor.MoveNext())
            count++;
        return count;
    }

    private static void Time(string what, int times, double count, Action work)
    {
        var started = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times; i++)
            work();
        Tell(what, Environment.CpuUsage.TotalTime - started, count * times);
    }

    private static void Tell(string what, TimeSpan took, double count) =>
        Console.WriteLine($"{what}: {took.TotalNanoseconds / count:F1} ns each");
}
