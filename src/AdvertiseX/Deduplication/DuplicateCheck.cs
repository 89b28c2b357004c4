using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Deduplication;

/// <summary>
/// Judges each row of a batch: new, duplicate or conflicting (<c>docs/guarantees.md</c>). What the lake holds comes first, then the
/// order of the rows. A table of the batch's keys is built and the stored keys of the dates within the look-back are streamed
/// past it, so memory follows the batch and not history. Keys are hashes: the text of the id decides. Thread-safe.
/// </summary>
public sealed unsafe class DuplicateCheck(KnownEvents known, TimeSpan lookback)
{
    /// <summary>Verdicts by row, in rented memory that the caller disposes.</summary>
    public NativeBuffer Judge(EventKind kind, ColumnBatch batch)
    {
        var verdicts = NativePool.Rent(Math.Max(batch.Rows, 1));
        verdicts.Clear(Math.Max(batch.Rows, 1));
        if (batch.Rows == 0) return verdicts;
        var keys = batch.Int64("event_key").Values;
        using var table = new KeyTable(keys, batch.Rows);
        var rows = new Rows(batch, verdicts.Pointer);
        var (first, last) = Dates(batch);
        foreach (string file in known.Files(kind, first, last)) AgainstFile(file, table, rows);
        WithinBatch(table, rows);
        return verdicts;
    }

    private void AgainstFile(string file, KeyTable table, Rows rows)
    {
        List<long>? hits = null;
        known.ScanKeys(file, stored =>
        {
            foreach (long key in stored)
                if (table.First(key) >= 0) (hits ??= []).Add(key);
        });
        if (hits == null) return;
        known.ReadEvents(file, hits, (key, id, payload) =>
        {
            for (int row = table.First(key); row >= 0; row = table.Next(row))
                if (rows.Id(row).SequenceEqual(id)) rows.Mark(row, payload);
        });
    }

    private static void WithinBatch(KeyTable table, Rows rows)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            if (rows.Verdict(row) != Verdict.New) continue;
            for (int later = table.Next(row); later >= 0; later = table.Next(later))
            {
                if (rows.Verdict(later) == Verdict.New && rows.Id(later).SequenceEqual(rows.Id(row)))
                    rows.Mark(later, rows.Payload(row));
            }
        }
    }

    private (DateOnly First, DateOnly Last) Dates(ColumnBatch batch)
    {
        var days = new ReadOnlySpan<int>(batch.Int32("event_date").Values, batch.Rows);
        int first = int.MaxValue, last = int.MinValue;
        foreach (int day in days)
        {
            first = Math.Min(first, day);
            last = Math.Max(last, day);
        }

        int margin = (int)Math.Ceiling(lookback.TotalDays);
        var epoch = new DateOnly(1970, 1, 1);
        return (epoch.AddDays(first - margin), epoch.AddDays(last + margin));
    }

    private sealed class Rows(ColumnBatch batch, byte* verdicts)
    {
        private readonly TextColumn _ids = batch.Text("event_id");
        private readonly int* _payloads = batch.Int32("payload_hash").Values;

        public int Count => batch.Rows;

        public ReadOnlySpan<byte> Id(int row) => _ids.Get(row);

        public int Payload(int row) => _payloads[row];

        public Verdict Verdict(int row) => (Verdict)verdicts[row];

        public void Mark(int row, int storedPayload) => verdicts[row] =
            (byte)(_payloads[row] == storedPayload ? Deduplication.Verdict.Duplicate : Deduplication.Verdict.Conflicting);
    }
}
