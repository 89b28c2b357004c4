using AdvertiseX.Keys;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Bench;

/// <summary>
/// Filters and sidecars of random keys, made once a size and linked into lakes. Prefixes of sidecars end with a zero,
/// those of a bench's rows with a one: no row is found in a data file that is only named.
/// </summary>
internal sealed class MadeKeys(string folder)
{
    private const int LinksOfOne = 30_000;
    private readonly Dictionary<string, (string File, int Links)> _linked = new(StringComparer.Ordinal);

    /// <summary>The bit of a key that tells rows of a bench from made ones.</summary>
    public const long OwnBit = 1L << (64 - KeyPrefix.Bits);

    /// <summary>Puts a filter of so many keys at a place.</summary>
    public void LinkFilter(long count, string to) =>
        Link($"filter-{count}", to, writer => Add(writer, KeyPaths.EventSection, count, ~0L), 0);

    /// <summary>Puts a sidecar of a file with so many impressions at a place.</summary>
    public void LinkSidecar(long rows, string to) =>
        Link(
            $"sidecar-{rows}",
            to,
            writer =>
            {
                foreach (var column in new[] { KeyPaths.EventSection, "user_key", "auction_key" })
                    Add(writer, column, rows, ~OwnBit);
            },
            rows
        );

    private static void Add(KeyFileWriter writer, string section, long count, long mask)
    {
        var random = new Random(1);
        using var entries = new KeyEntries(count);
        for (long i = 0; i < count; i++)
            entries.Add(random.NextInt64(long.MinValue, long.MaxValue) & mask, (int)(i % SortedKeys.MaxRows));
        using var sorted = entries.Sort();
        writer.Add(section, sorted);
    }

    private void Link(string name, string to, Action<KeyFileWriter> make, long rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        var (file, links) = _linked.GetValueOrDefault(name, (Path.Combine(folder, name), 0));
        if (!File.Exists(file))
            Make(file, make, rows);
        if (links < LinksOfOne)
            PosixFile.Link(file, to);
        else
            File.Copy(file, to);
        _linked[name] = links < LinksOfOne ? (file, links + 1) : (to, 0);
    }

    private void Make(string file, Action<KeyFileWriter> make, long rows)
    {
        Directory.CreateDirectory(folder);
        using (var writer = new KeyFileWriter(rows))
        using (var content = File.Create(file + ".new"))
        {
            make(writer);
            writer.WriteTo(content, null);
        }

        File.Move(file + ".new", file);
    }
}
