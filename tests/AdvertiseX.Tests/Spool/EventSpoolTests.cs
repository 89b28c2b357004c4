using System.Text;
using AdvertiseX.Events;
using AdvertiseX.Spool;
using AdvertiseX.Tests.Lake;

namespace AdvertiseX.Tests.Spool;

/// <summary>What was acknowledged is there after whatever may happen, once; what was not is not promised.</summary>
public sealed class EventSpoolTests
{
    private readonly List<SpoolNotice> _notices = [];
    private readonly MovedClock _clock = new();

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_that_is_kept_is_there_after_a_restart()
    {
        var disk = new UnsafeDisk(1);
        using (var spool = Open(disk))
            for (var i = 0; i < 100; i++)
                await KeepAsync(spool, $"event {i}");
        using var again = Open(disk);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"event {i}"), SpoolReading.Of(again, Feed.Impressions));
        Assert.Empty(_notices);
    }

    [Theory, MemberData(nameof(ManySeeds))]
    public async Task Nothing_acknowledged_is_lost_with_the_power(int seed)
    {
        var random = new Random(seed);
        var disk = new UnsafeDisk(seed);
        var acknowledged = new HashSet<string>();
        var sent = 0;
        for (var round = 0; round < 5; round++)
        {
            var options = new SpoolOptions { SegmentBytes = 4096 };
            var spool = Open(disk, options);
            var keeping = new List<Task>();
            var lost = random.Next(2, 60);
            for (var i = 0; i < lost; i++)
            {
                var body = $"event {sent++} {new string('x', random.Next(300))}";
                keeping.Add(KeepAndNoteAsync(body));
                if (random.Next(4) == 0)
                    await Task.WhenAll(keeping);
            }

            // The power goes while the last ones are being written.
            List<string> promised;
            lock (acknowledged)
                promised = [.. acknowledged];
            var next = disk.AfterPowerLoss(seed + round);
            await Task.WhenAll(keeping);
            spool.Dispose();
            using var again = Open(next, options);
            var read = SpoolReading.Of(again, Feed.Impressions);
            Assert.Equal([], promised.Except(read));
            Assert.Equal(read.Distinct().Where(IsEvent), read.Where(IsEvent));
            lock (acknowledged)
            {
                acknowledged.Clear();
                acknowledged.UnionWith(read.Where(IsEvent));
            }

            disk = next;

            async Task KeepAndNoteAsync(string body)
            {
                await KeepAsync(spool, body);
                lock (acknowledged)
                    acknowledged.Add(body);
            }
        }
    }

    [Theory, MemberData(nameof(ManySeeds))]
    public async Task Damage_costs_the_deliveries_that_it_hit(int seed)
    {
        var random = new Random(seed);
        var disk = new UnsafeDisk(seed);
        var bodies = Enumerable.Range(0, 40).Select(i => $"event {i} {new string('y', random.Next(200))}").ToList();
        using (var spool = Open(disk))
            foreach (var body in bodies)
                await KeepAsync(spool, body);
        var file = disk.Names().Single();
        var whole = disk[file];
        for (var i = 0; i < 200; i++)
        {
            var bytes = Damaged(whole, random);
            disk[file] = bytes;
            using (var again = Open(disk))
            {
                var segment = again.Segments.After(Feed.Impressions, null);
                // Both copies of the header, or a file that is cut within it.
                if (segment?.Header is null)
                    continue;
                var read = SpoolReading.Of(again, segment);
                // Everything is there in order, or said to be lost; only a tail may be missing.
                var next = 0;
                foreach (var each in read)
                    if (each.StartsWith("lost ", StringComparison.Ordinal))
                    {
                        var numbers = each.Split(' ');
                        Assert.Equal(next, int.Parse(numbers[1]));
                        Assert.InRange(next = int.Parse(numbers[3]), int.Parse(numbers[1]) + 1, bodies.Count);
                    }
                    else
                    {
                        Assert.Equal(bodies[next++], each);
                    }

                // What the damage did not touch is there.
                foreach (var body in bodies.Where(body => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(body)) >= 0))
                    if (!read.Contains(body))
                        Assert.True(IsHit(whole, bytes, body), $"seed {seed}, round {i}: {body} is whole and gone");
            }

            disk[file] = whole;
        }
    }

    [Fact]
    public async Task The_same_key_is_the_same_delivery_for_a_day()
    {
        var disk = new UnsafeDisk(1);
        SpoolReceipt first;
        using (var spool = Open(disk))
        {
            first = await KeepAsync(spool, "a", "key");
            Assert.False(first.IsRepeat);
            Assert.Equal(first with { IsRepeat = true }, await KeepAsync(spool, "a", "key"));
            await Assert.ThrowsAsync<DeliveryKeyReusedException>(() => KeepAsync(spool, "b", "key"));
        }

        // A restart, and then one after the segment is in the lake and gone.
        for (var i = 0; i < 2; i++)
        {
            using var again = Open(disk);
            Assert.Equal(first with { IsRepeat = true }, await KeepAsync(again, "a", "key"));
            await Assert.ThrowsAsync<DeliveryKeyReusedException>(() => KeepAsync(again, "b", "key"));
            if (again.Segments.After(Feed.Impressions, null) is { } segment)
                again.Committed(segment, segment.Extent.Count);
        }

        Assert.EndsWith(".keys", disk.Names().Single());
        _clock.Ahead = TimeSpan.FromHours(25);
        using var later = Open(disk);
        Assert.False((await KeepAsync(later, "b", "key")).IsRepeat);
    }

    [Fact]
    public async Task Copies_that_come_at_once_are_kept_once()
    {
        using var spool = Open(new UnsafeDisk(1));
        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => Task.Run(() => KeepAsync(spool, "a", "key"), Cancellation))
        );
        Assert.Single(receipts, receipt => !receipt.IsRepeat);
        Assert.Single(receipts.Select(receipt => receipt.Position).Distinct());
        Assert.Equal(["a"], SpoolReading.Of(spool, Feed.Impressions));
    }

    [Fact]
    public async Task A_disk_that_fails_acknowledges_nothing_and_goes_on_when_it_is_mended()
    {
        var disk = new UnsafeDisk(1);
        using (var spool = Open(disk))
        {
            await KeepAsync(spool, "before");
            disk.FlushFails = true;
            await Assert.ThrowsAsync<SpoolUnavailableException>(() => KeepAsync(spool, "lost"));
            Assert.Contains("input/output error", spool.Refusal);
            disk.FlushFails = false;
            await UntilAsync(() => spool.Refusal is null);
            await KeepAsync(spool, "after");
        }

        using var again = Open(disk);
        Assert.Equal(["before", "after"], SpoolReading.Of(again, Feed.Impressions));
        Assert.Equal(
            [SpoolNoticeKind.SpoolRefuses, SpoolNoticeKind.SpoolKeeps],
            _notices.Select(notice => notice.Kind)
        );
    }

    [Fact]
    public async Task A_full_disk_keeps_its_reserve()
    {
        var disk = new UnsafeDisk(1) { FreeBytes = 10 };
        using var spool = Open(disk);
        var refused = await Assert.ThrowsAsync<SpoolUnavailableException>(() => KeepAsync(spool, "a"));
        Assert.Contains("spool.reserve_bytes", refused.Message);
        Assert.Empty(disk.Names());
        disk.FreeBytes = long.MaxValue;
        await UntilAsync(() => spool.Refusal is null);
        await KeepAsync(spool, "a");
    }

    [Fact]
    public async Task A_spool_that_holds_its_most_takes_no_more()
    {
        using var spool = Open(new UnsafeDisk(1), new SpoolOptions { MaxBytes = 1000 });
        await KeepAsync(spool, new string('x', 1000));
        var refused = await Assert.ThrowsAsync<SpoolUnavailableException>(() => KeepAsync(spool, "a"));
        Assert.Contains("spool.max_bytes", refused.Message);
        var segment = spool.Segments.After(Feed.Impressions, null)!;
        spool.Committed(segment, segment.Extent.Count);
        await UntilAsync(() => spool.Refusal is null);
        await KeepAsync(spool, "a");
    }

    [Fact]
    public async Task Many_deliveries_share_a_flush()
    {
        var disk = new UnsafeDisk(1);
        using var spool = Open(disk);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => KeepAsync(spool, $"event {i}")));
        Assert.InRange(disk.Flushes, 2, 500);
    }

    [Fact]
    public void A_folder_has_one_spool()
    {
        var folder = Directory.CreateTempSubdirectory("adx-spool").FullName;
        try
        {
            using (new LocalSpoolDisk(folder))
                Assert.Contains("spool.path", Assert.Throws<IOException>(() => new LocalSpoolDisk(folder)).Message);
            using var again = new LocalSpoolDisk(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static IEnumerable<TheoryDataRow<int>> ManySeeds() => Seeds.From(100, 60, fast: 5);

    private static bool IsEvent(string read) => !read.StartsWith("lost ", StringComparison.Ordinal);

    // Whether the frame around a body was changed: its header, key or checksum.
    private static bool IsHit(byte[] whole, byte[] damaged, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var from = whole.AsSpan().IndexOf(bytes) - FrameHeader.Bytes;
        var frame = whole.AsSpan(from, FrameHeader.Bytes + bytes.Length + FrameHeader.ChecksumBytes);
        return damaged.AsSpan().IndexOf(frame) < 0;
    }

    private static byte[] Damaged(byte[] whole, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                byte[] flipped = [.. whole];
                for (var i = random.Next(1, 5); i > 0; i--)
                    flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                return whole[..random.Next(whole.Length)];
            case 2:
                var from = random.Next(whole.Length);
                var length = random.Next(whole.Length - from);
                return [.. whole[..from], .. whole[(from + length)..]];
            default:
                byte[] zeroed = [.. whole];
                var at = random.Next(whole.Length);
                zeroed.AsSpan(at, random.Next(whole.Length - at)).Clear();
                return zeroed;
        }
    }

    private EventSpool Open(UnsafeDisk disk, SpoolOptions? options = null) =>
        new(
            new SpoolEnvironment(
                disk,
                options ?? new SpoolOptions(),
                _clock,
                notice =>
                {
                    lock (_notices)
                        _notices.Add(notice);
                }
            )
        );

    private Task<SpoolReceipt> KeepAsync(EventSpool spool, string body, string? key = null) =>
        spool
            .KeepAsync(
                new Delivery(Feed.Impressions, MessageFormat.Json, Encoding.UTF8.GetBytes(body)) { Key = key },
                Cancellation
            )
            .AsTask();

    private async Task UntilAsync(Func<bool> isSo)
    {
        for (var i = 0; i < 300 && !isSo(); i++)
            await Task.Delay(50, Cancellation);
        Assert.True(isSo());
    }
}
