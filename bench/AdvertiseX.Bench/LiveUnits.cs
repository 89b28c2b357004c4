using System.Buffers.Binary;
using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Bench;

/// <summary>
/// Impressions as workers of a live stream commit them, two seconds at a time: new rows, rows late by some days, rows
/// that were there a little before with the same payload or another one. For one thread.
/// </summary>
/// <param name="rows">Rows of a unit.</param>
/// <param name="seed">Units of the same seed have the same ids.</param>
/// <param name="layout">Times of the rows.</param>
internal sealed unsafe class LiveUnits(int rows, int seed, TimeLayout layout) : IDisposable
{
    private const long Second = 1_000_000;
    private const long Day = 86_400 * Second;
    private const int Remembered = 1 << 17;
    private readonly ColumnBatch _template = SyntheticImpressions.Create(rows, seed);
    private readonly Random _random = new(seed);
    private readonly List<Row> _before = [];
    private long _made;

    /// <summary>Part of the rows that are late, and by how many days at most.</summary>
    public (double Part, int Days) Late { get; init; }

    /// <summary>Part of the rows that were there before.</summary>
    public double Repeated { get; init; }

    /// <summary>Part of the rows whose id was there before with another payload.</summary>
    public double Conflicting { get; init; }

    /// <summary>Rows of a unit.</summary>
    public int Rows => rows;

    /// <summary>The next rows, received at a time.</summary>
    /// <param name="now">The time, micros since 1970 UTC.</param>
    /// <param name="stream">Their stream.</param>
    /// <param name="from">Where the unit begins in its stream.</param>
    /// <param name="shared">Numbers of ids that units of other streams have too; the first rows get them.</param>
    public ColumnBatch Next(long now, string stream, long from, ReadOnlySpan<long> shared = default)
    {
        var batch = new ColumnBatch(FactTables.Impressions, rows + 1);
        batch.Append(_template);
        batch.Dictionary("stream").Fill(rows, System.Text.Encoding.UTF8.GetBytes(stream));
        batch.Int64("received_time").Fill(rows, now);
        var repeated = _before.Count == 0 ? 0 : (int)(rows * Repeated);
        var conflicting = _before.Count == 0 ? 0 : (int)Math.Ceiling(rows * Conflicting);
        var late = (int)(rows * Late.Part);
        for (var i = 0; i < rows; i++)
        {
            batch.Int64("stream_offset").Set(i, from + i);
            if (i < shared.Length)
                Set(batch, i, new(shared[i], -1, now, (int)shared[i]));
            else if (i >= rows - repeated)
                Set(batch, i, _before[_random.Next(_before.Count)]);
            else if (i >= rows - repeated - conflicting)
                Set(batch, i, _before[_random.Next(_before.Count)] with { Time = TimeAt(now), Payload = i });
            else
                Set(batch, i, NewRow(i >= rows - repeated - conflicting - late ? TimeOfLate(now) : TimeAt(now)));
        }

        return batch;
    }

    /// <summary>Rows as a unit of one stream, which are taken over.</summary>
    public static CommitUnit UnitOf(ColumnBatch batch, ISource source, long from, long now)
    {
        var unit = new CommitUnit(1 << 20);
        var rows = new BlockRows();
        rows.Facts[(int)EventKind.Impression] = batch;
        rows.Counts[(int)EventKind.Impression].Received = batch.Rows;
        rows.Counts[(int)EventKind.Impression].Accepted = batch.Rows;
        unit.Add(new(new(source, source.Name, from, from + Rowspan, now, default), rows, new(from + Rowspan, null), 0));
        return unit;
    }

    /// <summary>Bytes that a unit has in its stream.</summary>
    public const long Rowspan = 10_000_000;

    public void Dispose() => _template.Dispose();

    private Row NewRow(long time)
    {
        var row = new Row(seed, _made++, time, _random.Next());
        if (_before.Count < Remembered)
            _before.Add(row);
        else
            _before[(int)(_made % Remembered)] = row;
        return row;
    }

    private long TimeAt(long now) =>
        layout switch
        {
            TimeLayout.Micros => now - _random.NextInt64(2 * Second),
            TimeLayout.Seconds => (now - _random.NextInt64(2 * Second)) / Second * Second,
            TimeLayout.Days => now / Day * Day,
            _ => now - _random.NextInt64(now % Day),
        };

    private long TimeOfLate(long now)
    {
        var time = now - Second - _random.NextInt64(Late.Days * Day);
        return layout switch
        {
            TimeLayout.Seconds => time / Second * Second,
            TimeLayout.Days => time / Day * Day,
            _ => time,
        };
    }

    private static void Set(ColumnBatch batch, int row, Row value)
    {
        Span<byte> raw = stackalloc byte[16];
        Span<byte> text = stackalloc byte[36];
        BinaryPrimitives.WriteInt64LittleEndian(raw, value.Seed);
        BinaryPrimitives.WriteInt64LittleEndian(raw[8..], value.Number);
        new Guid(raw).TryFormat(text, out _);
        batch.Text("event_id").Set(row, text);
        batch.Int64("event_key").Set(row, (long)StableHash.Hash64(text) | MadeKeys.OwnBit);
        batch.Int32("payload_hash").Set(row, value.Payload);
        batch.Int64("event_time").Set(row, value.Time);
        batch.Int32("event_date").Set(row, (int)(value.Time / Day));
    }

    private readonly record struct Row(long Seed, long Number, long Time, int Payload);
}
