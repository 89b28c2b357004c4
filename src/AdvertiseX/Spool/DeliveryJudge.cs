using System.Collections.Concurrent;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Decoding.Avro;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Messages;
using AdvertiseX.Sources;
using AdvertiseX.Validation;

namespace AdvertiseX.Spool;

/// <summary>
/// Says of each event of a delivery whether it is valid, by decoding and validating it as on its way into the lake.
/// Whether it is a duplicate the lake alone can tell. Thread-safe.
/// </summary>
/// <param name="options">Limits of records and values.</param>
/// <param name="schemas">Schemas of Avro.</param>
internal sealed class DeliveryJudge(IngestOptions options, ISchemas schemas) : IDisposable
{
    private const int MaxSharedText = 256;

    private readonly ConcurrentDictionary<Feed, ConcurrentBag<Route>> _idle = new();

    /// <summary>Learns the Avro schemas of a delivery, from a registry where they are not known.</summary>
    /// <param name="format">Its format.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="cancellation">Stops waiting for the registry.</param>
    /// <exception cref="OperationCanceledException">The registry did not answer in time.</exception>
    public async Task LearnAsync(MessageFormat format, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        IReadOnlyCollection<AvroSchemaKey> named;
        using (var block = BlockOf(body.Span, format))
            named = NamedSchemas.In(block);
        if (named.Count > 0)
            await schemas.LearnAsync(named).AsTask().WaitAsync(cancellation);
    }

    /// <summary>Judges a delivery.</summary>
    /// <param name="feed">Its feed.</param>
    /// <param name="format">Its format.</param>
    /// <param name="body">Its bytes; their Avro schemas are known, else they are rejected.</param>
    /// <param name="receivedMicros">When it was received, microseconds since 1970.</param>
    /// <returns>A verdict for each event, in their order.</returns>
    public IReadOnlyList<EventVerdict> Judge(
        Feed feed,
        MessageFormat format,
        ReadOnlySpan<byte> body,
        long receivedMicros
    )
    {
        using var block = BlockOf(body, format);
        return Judge(feed, block, receivedMicros);
    }

    public void Dispose()
    {
        foreach (var route in _idle.Values.SelectMany(idle => idle))
            route.Dispose();
    }

    private static Block BlockOf(ReadOnlySpan<byte> body, MessageFormat format)
    {
        using var message = new MessageBlock();
        message.BeginAt(0);
        message.Add(body, 0, format);
        return message.Cut(1);
    }

    private EventVerdict[] Judge(Feed feed, Block block, long receivedMicros)
    {
        var idle = _idle.GetOrAdd(feed, _ => []);
        if (!idle.TryTake(out var route))
            route = new Route(ContractFile.ShippedFor(feed), options, schemas);
        using var rows = route.Decode(block, receivedMicros);
        if (route.IsWorn)
            route.Dispose();
        else
            idle.Add(route);
        // Whatever is neither a row nor a reject was filtered.
        var verdicts = new EventVerdict[rows.Counts.Sum(counts => counts.Received)];
        Array.Fill(verdicts, new EventVerdict(EventOutcome.Filtered));
        foreach (var kind in Enum.GetValues<EventKind>())
            if (rows.Facts[(int)kind] is { } batch)
                AddValid(kind, batch, verdicts);
        if (rows.Rejects is { } rejects)
            AddRejected(rejects, verdicts);
        return verdicts;
    }

    private static void AddValid(EventKind kind, ColumnBatch batch, EventVerdict[] verdicts)
    {
        for (var row = 0; row < batch.Rows; row++)
            verdicts[OrdinalAt(batch, row)] = new EventVerdict(EventOutcome.Valid)
            {
                Kind = kind,
                EventId = Encoding.UTF8.GetString(batch.Text("event_id").Get(row)),
            };
    }

    private static void AddRejected(ColumnBatch rejects, EventVerdict[] verdicts)
    {
        var (reasons, fields, expected, found) = (
            rejects.Dictionary("reason"),
            rejects.Dictionary("field"),
            rejects.Dictionary("expected"),
            rejects.Text("found")
        );
        // Most rejects of a body say the same.
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var known = texts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var row = 0; row < rejects.Rows; row++)
            verdicts[OrdinalAt(rejects, row)] = new EventVerdict(EventOutcome.Rejected)
            {
                Reason = ReasonOf(reasons.Get(row)),
                Field = TextOf(fields.Get(row)),
                Expected = TextOf(expected.Get(row)),
                Found = TextOf(found.Get(row)),
            };

        string? TextOf(ReadOnlySpan<byte> text)
        {
            if (text.IsEmpty)
                return null;
            if (text.Length > MaxSharedText)
                return Encoding.UTF8.GetString(text);
            Span<char> decoded = stackalloc char[MaxSharedText];
            ReadOnlySpan<char> value = decoded[..Encoding.UTF8.GetChars(text, decoded)];
            if (!known.TryGetValue(value, out var shared))
                texts.Add(shared = value.ToString(), shared);
            return shared;
        }
    }

    private static unsafe int OrdinalAt(ColumnBatch batch, int row)
    {
        var ordinals = batch.Int32("stream_ordinal");
        return ordinals.IsAllocated && ordinals.IsValid(row) ? ordinals.Values[row] : 0;
    }

    private static RejectReason ReasonOf(ReadOnlySpan<byte> code)
    {
        foreach (var reason in Enum.GetValues<RejectReason>())
            if (reason.Utf8().SequenceEqual(code))
                return reason;
        throw new InvalidOperationException($"no reason is called {Encoding.UTF8.GetString(code)}");
    }

    private sealed class Route(CompiledContract contract, IngestOptions options, ISchemas schemas) : IDisposable
    {
        private readonly MessageDecoder _decoder = new(contract, options.Framing, schemas);
        private readonly RowWriter _rows = new(contract, new StreamContext("", 0), options.Validation);

        // Names without end must not be remembered without end.
        public bool IsWorn => _rows.Record.UnmappedNames.IsPlain;

        public BlockRows Decode(Block block, long receivedMicros)
        {
            _rows.SetStream(new StreamContext("", receivedMicros));
            _decoder.Decode(block, _rows);
            return _rows.Finish();
        }

        public void Dispose()
        {
            _decoder.Dispose();
            _rows.Dispose();
        }
    }
}
