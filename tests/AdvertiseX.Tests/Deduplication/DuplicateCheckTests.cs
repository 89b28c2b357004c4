using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Deduplication;
using AdvertiseX.Events;

namespace AdvertiseX.Tests.Deduplication;

public class DuplicateCheckTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Agrees_with_a_dictionary_on_random_batches(int seed)
    {
        var random = new Random(seed);
        var stored = RandomEvents(random, 400);
        var known = new Dictionary<string, int>();
        foreach (var (id, _, payload) in stored)
            known.TryAdd(id, payload);
        var unique = stored.DistinctBy(e => e.Id).ToList();
        var rows = RandomEvents(random, 500);
        using var batch = BatchOf(rows);

        using var verdicts = DuplicateCheck.Judge(batch, ["a"], Stored(unique));

        foreach (var (i, (id, _, payload)) in rows.Index())
        {
            var expected =
                known.TryAdd(id, payload) ? Verdict.New
                : known[id] == payload ? Verdict.Duplicate
                : Verdict.Conflicting;
            Assert.Equal(expected, (Verdict)verdicts.Span[i]);
        }
    }

    [Fact]
    public void Equal_keys_with_other_ids_are_other_events()
    {
        using var batch = BatchOf([("a", 7, 1), ("b", 7, 1), ("a", 7, 1), ("c", 7, 1)]);
        using var verdicts = DuplicateCheck.Judge(batch, ["f"], Stored([("c", 7, 2), ("d", 7, 1)]));
        Assert.Equal(
            [Verdict.New, Verdict.New, Verdict.Duplicate, Verdict.Conflicting],
            verdicts.Span[..4].ToArray().Select(v => (Verdict)v)
        );
    }

    [Fact]
    public void Copies_of_a_stored_event_are_judged_by_the_stored_payload()
    {
        using var batch = BatchOf([("a", 7, 2), ("a", 7, 1), ("a", 7, 2)]);
        using var verdicts = DuplicateCheck.Judge(batch, ["f"], Stored([("a", 7, 1)]));
        Assert.Equal(
            [Verdict.Conflicting, Verdict.Duplicate, Verdict.Conflicting],
            verdicts.Span[..3].ToArray().Select(v => (Verdict)v)
        );
    }

    [Fact]
    public void Dates_are_those_of_the_rows_and_the_look_back_around_them()
    {
        using var batch = BatchOf([("a", 1, 1)]);
        var dates = DuplicateCheck.DatesOf(batch, TimeSpan.FromDays(2));
        Assert.Equal(Enumerable.Range(-2, 5).Select(d => new DateOnly(2024, 3, 1).AddDays(d)), dates.Order());
    }

    private static List<(string Id, long Key, int Payload)> RandomEvents(Random random, int count)
    {
        // Few ids, fewer keys than ids: duplicates, conflicts and hash collisions all happen.
        var events = new List<(string, long, int)>();
        for (var i = 0; i < count; i++)
        {
            var id = random.Next(300);
            events.Add(
                (
                    $"id-{id}",
                    (id % 120) * 0x9E3779B97F4A7C15L.GetHashCode() * 77L,
                    random.Next(4) == 0 ? random.Next(2) : 5
                )
            );
        }

        return events;
    }

    private static KnownEvents Stored(List<(string Id, long Key, int Payload)> events) =>
        new(
            (_, visit) => visit(events.Select(e => e.Key).ToArray()),
            (_, hits, visit) =>
            {
                foreach (var hit in hits)
                {
                    var (id, key, payload) = events[(int)hit.Row];
                    Assert.Equal(key, hit.Key);
                    visit(key, Encoding.UTF8.GetBytes(id), payload);
                }
            }
        );

    private static ColumnBatch BatchOf(IReadOnlyList<(string Id, long Key, int Payload)> rows)
    {
        var batch = new ColumnBatch(FactTables.Clicks);
        var day = new DateOnly(2024, 3, 1).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        foreach (var (id, key, payload) in rows)
        {
            batch.Text("event_id").Set(batch.Rows, Encoding.UTF8.GetBytes(id));
            batch.Int64("event_key").Set(batch.Rows, key);
            batch.Int32("payload_hash").Set(batch.Rows, payload);
            batch.Int32("event_date").Set(batch.Rows, day);
            batch.AddRow();
        }

        return batch;
    }
}
