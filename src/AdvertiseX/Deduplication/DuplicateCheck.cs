using AdvertiseX.Columns;

namespace AdvertiseX.Deduplication;

/// <summary>
/// Judges each row of a batch: new, duplicate or conflicting (<c>docs/guarantees.md</c>). What the lake holds comes
/// first, then the order of the rows. A table of the batch's keys is built and the stored keys of the dates within the
/// look-back are streamed past it, so memory follows the batch and not history. Keys are hashes: the text of the id
/// decides. Thread-safe.
/// </summary>
internal static unsafe class DuplicateCheck
{
    /// <summary>Verdicts (<see cref="Verdict"/>) by row, one byte each, in rented memory that the caller
    /// disposes.</summary>
    /// <param name="batch">Rows of a fact table.</param>
    /// <param name="files">Files that hold events of the batch's kind and of the dates that <see cref="DatesOf"/>
    /// tells.</param>
    /// <param name="known">How to read them.</param>
    public static NativeBuffer Judge(ColumnBatch batch, IEnumerable<string> files, KnownEvents known)
    {
        var verdicts = NativePool.Rent(Math.Max(batch.Rows, 1));
        verdicts.Clear(Math.Max(batch.Rows, 1));
        if (batch.Rows == 0)
            return verdicts;
        var keys = batch.Int64("event_key").Values;
        using var table = new KeyTable(keys, batch.Rows);
        var rows = new Rows(batch, verdicts.Pointer);
        foreach (var file in files)
            AgainstFile(file, table, rows, known);
        WithinBatch(table, rows);
        return verdicts;
    }

    private static void AgainstFile(string file, KeyTable table, Rows rows, KnownEvents known)
    {
        List<KeyHit>? hits = null;
        long scanned = 0;
        known.ScanKeys(
            file,
            stored =>
            {
                for (var i = 0; i < stored.Length; i++)
                    if (table.First(stored[i]) >= 0)
                        (hits ??= []).Add(new KeyHit(scanned + i, stored[i]));
                scanned += stored.Length;
            }
        );
        if (hits == null)
            return;
        known.ReadEvents(
            file,
            hits,
            (key, id, payload) =>
            {
                for (var row = table.First(key); row >= 0; row = table.Next(row))
                    if (rows.Id(row).SequenceEqual(id))
                        rows.Mark(row, payload);
            }
        );
    }

    private static void WithinBatch(KeyTable table, Rows rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows.Verdict(row) != Verdict.New)
                continue;
            for (var later = table.Next(row); later >= 0; later = table.Next(later))
            {
                if (rows.Verdict(later) == Verdict.New && rows.Id(later).SequenceEqual(rows.Id(row)))
                    rows.Mark(later, rows.Payload(row));
            }
        }
    }

    /// <summary>Dates in which copies of the batch's events are looked for: its own and the look-back around
    /// them.</summary>
    public static IReadOnlySet<DateOnly> DatesOf(ColumnBatch batch, TimeSpan lookback)
    {
        var days = new ReadOnlySpan<int>(batch.Int32("event_date").Values, batch.Rows);
        var own = new HashSet<int>();
        var last = int.MinValue;
        foreach (var day in days)
        {
            if (day != last)
                own.Add(day);
            last = day;
        }

        var margin = (int)Math.Ceiling(lookback.TotalDays);
        var epoch = new DateOnly(1970, 1, 1);
        var dates = new HashSet<DateOnly>();
        foreach (var day in own)
            for (var near = day - margin; near <= day + margin; near++)
                dates.Add(epoch.AddDays(near));
        return dates;
    }

    private sealed class Rows(ColumnBatch batch, byte* verdicts)
    {
        private readonly TextColumn _ids = batch.Text("event_id");
        private readonly int* _payloads = batch.Int32("payload_hash").Values;

        public int Count => batch.Rows;

        public ReadOnlySpan<byte> Id(int row) => _ids.Get(row);

        public int Payload(int row) => _payloads[row];

        public Verdict Verdict(int row) => (Verdict)verdicts[row];

        public void Mark(int row, int storedPayload) =>
            verdicts[row] = (byte)(
                _payloads[row] == storedPayload ? Deduplication.Verdict.Duplicate : Deduplication.Verdict.Conflicting
            );
    }
}
