using AdvertiseX.Columns;
using AdvertiseX.Keys;

namespace AdvertiseX.Tests.Keys;

public class KeyFileTests
{
    public static TheoryData<int, int, int> Sizes =>
        new()
        {
            { 1, 0, 10 },
            { 2, 1, 1 },
            { 3, 7, 3 },
            { 4, 63, 60 },
            { 5, 64, 1000 },
            { 6, 1000, 100_000 },
            { 7, 20_000, 20_000 },
            { 8, 70_000, 300 },
        };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Finds_what_a_dictionary_finds(int seed, int count, int different)
    {
        var random = new Random(seed);
        var pool = Pool(random, different);
        var keys = Enumerable.Range(0, count).Select(_ => Skewed(random, pool)).ToArray();
        var rows = keys.Index().ToLookup(key => KeyPrefix.Of(key.Item), key => (long)key.Index);
        using var file = Open(BytesOf(keys, count));
        var set = file.SectionsOf("event_key")[0];

        foreach (var asked in new[] { 1, 5, count / 20, 2 * count })
        {
            var wanted = Enumerable
                .Range(0, asked)
                .Select(i => i % 2 == 0 && count > 0 ? keys[random.Next(count)] : random.NextInt64())
                .ToArray();
            using var sorted = SortedKeys.Of(wanted);
            var matches = new List<KeyMatch>();
            set.Match(sorted.Entries, matches);
            var found = matches.ToDictionary(match => SortedKeys.RowOf(sorted.Entries[match.Index]));
            // Rows are read once for each match that differs: a key with many rows is wanted thousands of times.
            var read = new HashSet<(ulong, long, int)>();
            foreach (var (i, key) in wanted.Index())
            {
                var prefix = KeyPrefix.Of(key);
                if (!found.TryGetValue(i, out var match))
                    Assert.False(rows.Contains(prefix));
                else if (read.Add((prefix, match.Rank, match.Count)))
                    Assert.Equal(rows[prefix], Enumerable.Range(0, match.Count).Select(n => set.RowAt(match.Rank + n)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Goes_through_all_prefixes_in_order(int seed, int count, int different)
    {
        var random = new Random(seed);
        var pool = Pool(random, different);
        var keys = Enumerable.Range(0, count).Select(_ => Skewed(random, pool)).ToArray();
        using var file = Open(BytesOf(keys, count));
        var cursor = file.SectionsOf("event_key")[0].Cursor();
        foreach (var expected in keys.Select(KeyPrefix.Of).Order())
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(expected, cursor.Prefix);
        }
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void A_file_is_opened_by_the_name_that_it_was_written_with()
    {
        using var writer = new KeyFileWriter(0);
        using var keys = SortedKeys.Of([1L, 2, 3]);
        writer.Add("event_key", keys);
        using var stream = new MemoryStream();
        writer.WriteTo(stream, "k");
        using (var file = Open(stream.ToArray()))
            Assert.Equal(3, file.SectionsOf("event_key")[0].Count);
        var other = Assert.Throws<KeyFileException>(() => Open(stream.ToArray(), "another"));
        Assert.Equal("the file was written under another name", other.Message);
    }

    [Fact]
    public void A_union_holds_the_prefixes_of_all()
    {
        var random = new Random(5);
        var parts = Enumerable
            .Range(0, 5)
            .Select(i => Enumerable.Range(0, 1 + (i * 700)).Select(_ => random.NextInt64()).ToArray())
            .ToList();
        parts[3] = [.. parts[3], .. parts[4].Take(100)];
        var files = parts.ConvertAll(part => Open(BytesOf(part, 0)));
        using var writer = new KeyFileWriter(0);
        writer.AddUnion("event_key", files.ConvertAll(file => file.SectionsOf("event_key")[0]));
        var stream = new MemoryStream();
        writer.WriteTo(stream, "k");
        using var union = Open(stream.ToArray());
        var cursor = union.SectionsOf("event_key")[0].Cursor();
        var found = new List<ulong>();
        while (cursor.MoveNext())
            found.Add(cursor.Prefix);
        Assert.Equal(parts.SelectMany(part => part).Select(KeyPrefix.Of).Order(), found);
        files.ForEach(file => file.Dispose());
    }

    [Fact]
    public void Recent_keys_are_those_added()
    {
        var random = new Random(6);
        var keys = Enumerable.Range(0, 30_000).Select(_ => (ulong)random.NextInt64(50_000)).ToArray();
        using var recent = new RecentKeys();
        foreach (var key in keys)
            recent.Add(key);
        var there = keys.ToHashSet();
        Assert.Equal(there.Count, recent.Count);
        for (ulong key = 0; key < 50_000; key++)
            Assert.Equal(there.Contains(key), recent.Contains(key));
        recent.Clear();
        Assert.False(recent.Contains(keys[0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damage_is_named_and_never_changes_an_answer(int seed)
    {
        var random = new Random(seed);
        var keys = Enumerable.Range(0, 3000).Select(_ => random.NextInt64()).ToArray();
        var whole = BytesOf(keys, keys.Length);
        using var sorted = SortedKeys.Of(keys);
        for (var round = 0; round < 200; round++)
        {
            var bytes = (byte[])whole.Clone();
            if (random.Next(4) == 0)
                bytes = bytes[..random.Next(bytes.Length)];
            else
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            var matches = new List<KeyMatch>();
            try
            {
                using var file = Open(bytes);
                var set = Assert.Single(file.SectionsOf("event_key"));
                var asked = random.Next(keys.Length);
                set.Match(sorted.Entries.Slice(asked, 1), matches);
                Assert.Equal(SortedKeys.RowOf(sorted.Entries[asked]), set.RowAt(Assert.Single(matches).Rank));
            }
            catch (KeyFileException)
            {
                // Named: whoever meets it makes the file anew.
            }
        }
    }

    private static long[] Pool(Random random, int different) =>
        [.. Enumerable.Range(0, different).Select(_ => random.NextInt64(long.MinValue, long.MaxValue))];

    // A few keys have many rows, as users do.
    private static long Skewed(Random random, long[] pool) =>
        pool[(int)(Math.Pow(random.NextDouble(), 3) * pool.Length)];

    private static byte[] BytesOf(long[] keys, long rows)
    {
        using var writer = new KeyFileWriter(rows);
        using var sorted = SortedKeys.Of(keys);
        writer.Add("event_key", sorted);
        using var other = SortedKeys.Of([1, 2, 3]);
        writer.Add("user_key", other);
        var stream = new MemoryStream();
        writer.WriteTo(stream, "k");
        return stream.ToArray();
    }

    private static KeyFile Open(byte[] bytes, string name = "k") =>
        KeyFile.Open(
            new RangeInput(
                bytes.Length,
                (buffer, at) =>
                {
                    var count = (int)Math.Max(0, Math.Min(buffer.Length, bytes.Length - at));
                    bytes.AsSpan((int)Math.Min(at, bytes.Length), count).CopyTo(buffer);
                    return count;
                }
            ),
            name
        );
}
