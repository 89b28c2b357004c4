using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AdvertiseX.Events;

namespace AdvertiseX.Generation;

/// <summary>The three feeds: formats each event, spoils some, and says whether it is accepted. Not
/// thread-safe.</summary>
internal sealed class FeedOutput : IDisposable
{
    private readonly Catalogue _catalogue;
    private readonly GeneratorOptions _options;
    private readonly TruthLines _lines;
    private readonly ImpressionFormat _impressionFormat;
    private readonly ActionFormat _actionFormat;
    private readonly BidRequestFormat _bidFormat;
    private readonly DirtDraw _impressionDirt;
    private readonly DirtDraw _actionDirt;
    private readonly DirtDraw _bidDirt;
    private readonly LineFile _actionFile;
    private readonly DirtyFeed _impressions;
    private readonly DirtyFeed _actions;
    private readonly DirtyFeed _bids;
    private readonly List<DirtyFeed> _all;

    public FeedOutput(Catalogue catalogue)
    {
        _catalogue = catalogue;
        _options = catalogue.Options;
        var (root, seed, dirt) = (_options.OutputDirectory, _options.Seed, _options.Dirt);
        _lines = new TruthLines(root);
        _impressionFormat = new ImpressionFormat(catalogue);
        _actionFormat = new ActionFormat(catalogue);
        _bidFormat = new BidRequestFormat(catalogue);
        _impressionDirt = new DirtDraw(dirt, seed ^ 0xD1A1);
        _actionDirt = new DirtDraw(dirt, seed ^ 0xD1A2);
        _bidDirt = new DirtDraw(dirt, seed ^ 0xD1A3);
        var end = _options.Gzip ? ".gz" : "";
        var impressionFile = new LineFile(
            root,
            n => $"impressions/impressions-{n:D4}.ndjson{end}",
            [],
            _options.MaxFileBytes,
            _options.Gzip
        );
        _actionFile = new LineFile(
            root,
            n => $"clicks_conversions/events-{n:D4}.csv{end}",
            ActionFormat.Header.ToArray(),
            _options.MaxFileBytes,
            _options.Gzip
        );
        if (dirt.UnclosedQuote)
            _actionFile.BeforeEnd = WriteUnclosedQuote;
        var bidFile = new AvroFileWriter(
            root,
            n => $"bid_requests/bids-{n:D4}.avro",
            BidRequestFormat.Schema,
            _options.BidCodec,
            _options.MaxFileBytes,
            seed ^ 0x5C
        );
        _impressions = new DirtyFeed(Feed.Impressions, impressionFile, _lines, seed ^ 0xFEE1);
        _actions = new DirtyFeed(Feed.ClicksConversions, _actionFile, _lines, seed ^ 0xFEE2);
        _bids = new DirtyFeed(Feed.BidRequests, bidFile, _lines, seed ^ 0xFEE3);
        _all = [_impressions, _actions, _bids];
    }

    public FeedCounts[] Counts => _lines.Counts;

    public long BytesWritten => _all.Sum(feed => feed.File.BytesWritten);

    public int Files => _all.Sum(feed => feed.File.Files);

    /// <summary>Writes an impression; true when ingestion must accept it.</summary>
    public bool Write(in ImpressionFact fact)
    {
        var dirt = _impressionDirt.Next();
        if (dirt == DirtKind.UnknownKind)
            dirt = DirtKind.None;
        var (now, note) = (
            fact.TimeMicros,
            new LineNote(EventKind.Impression, LineVerdict.Accepted, IdLetter: (byte)'i', Id: fact.Id)
        );
        var buffer = _impressions.Begin(now);
        _impressionFormat.Append(buffer, fact, dirt);
        if (dirt == DirtKind.Broken)
            CutLine(buffer);
        var accepted = End(_impressions, dirt, now, note, dirt == DirtKind.Broken ? "" : FieldOf(dirt));
        if (dirt == DirtKind.Conflicting)
        {
            var other = fact;
            other.CostMicros = Math.Max(0, fact.CostMicros) + 17;
            _impressionFormat.Append(_impressions.Begin(now), other, DirtKind.None);
            _impressions.EndConflicting(now, Conflict(note));
        }

        return accepted;
    }

    /// <summary>Writes a click or conversion; true when ingestion must accept it.</summary>
    public bool Write(in ActionFact fact)
    {
        var dirt = _actionDirt.Next();
        if (dirt == DirtKind.OutOfRange && !fact.IsClick)
            dirt = DirtKind.None;
        var kindKnown = fact.IsClick || dirt is not (DirtKind.Broken or DirtKind.UnknownKind);
        var kind = fact.IsClick || !kindKnown ? EventKind.Click : EventKind.Conversion;
        var note = new LineNote(
            kind,
            LineVerdict.Accepted,
            IdLetter: fact.IsClick ? (byte)'c' : (byte)'v',
            Id: fact.Id
        );
        _actionFormat.Append(_actions.Begin(fact.TimeMicros), fact, dirt);
        var field = dirt == DirtKind.BadType && !fact.IsClick ? "revenue_micros" : FieldOf(dirt);
        var accepted = End(_actions, dirt, fact.TimeMicros, note, field);
        if (dirt == DirtKind.Conflicting)
        {
            var other = fact;
            if (fact.IsClick)
                other.CostMicros = Math.Max(0, fact.CostMicros) + 1000;
            else
                other.RevenueMicros = (fact.RevenueMicros ?? 0) + 1000;
            _actionFormat.Append(_actions.Begin(fact.TimeMicros), other, DirtKind.None);
            _actions.EndConflicting(fact.TimeMicros, Conflict(note));
        }

        return accepted;
    }

    /// <summary>Writes a bid request; <paramref name="won"/> is null when the outcome is not known. True when it is to
    /// be accepted.</summary>
    public bool WriteBid(in ImpressionFact fact, bool? won, bool bid)
    {
        var dirt = _bidDirt.Next();
        if (!CanCarry(dirt, fact.User, bid))
            dirt = DirtKind.None;
        var note = new LineNote(EventKind.BidRequest, LineVerdict.Accepted);
        _bidFormat.Append(_bids.Begin(fact.TimeMicros), fact, won, bid, dirt);
        var accepted = End(
            _bids,
            dirt,
            fact.TimeMicros,
            note,
            dirt switch
            {
                DirtKind.MissingField => "auction_id",
                DirtKind.OutOfRange => "bid_cpm_micros",
                _ => FieldOf(dirt),
            }
        );
        if (dirt != DirtKind.Conflicting)
            return accepted;
        var other = fact;
        other.BidMicros += 10_000;
        _bidFormat.Append(_bids.Begin(fact.TimeMicros), other, won, bid, DirtKind.None);
        _bids.EndConflicting(fact.TimeMicros, Conflict(note));
        return accepted;
    }

    /// <summary>Writes a small file in which one block is rubbish and the last one's sync marker is wrong.</summary>
    /// <param name="lostAuction">Gives the auctions that fill it.</param>
    /// <param name="totals">Counts those that can be read.</param>
    public void WriteDamagedAvro(Func<ImpressionFact> lostAuction, AuctionTotals totals)
    {
        using var file = new AvroFileWriter(
            _options.OutputDirectory,
            _ => "bid_requests/bids-damaged.avro",
            BidRequestFormat.Schema,
            _options.BidCodec,
            long.MaxValue,
            _options.Seed ^ 0xDA
        );
        var damaged = new LineNote(EventKind.BidRequest, LineVerdict.Rejected, RejectReason.DamagedBlock);
        for (var block = 0; block < 6; block++)
        {
            if (block == 3)
            {
                _lines.Add(Feed.BidRequests, file.CommitRubbishBlock(), damaged);
                continue;
            }

            for (var i = 0; i < 50; i++)
            {
                var fact = lostAuction();
                _bidFormat.Append(file.Begin(4096), fact, won: false, bid: true, DirtKind.None);
                var place = file.Commit();
                if (block == 5)
                    continue;
                totals.AddBid(fact, won: false);
                _lines.Add(Feed.BidRequests, place, new LineNote(EventKind.BidRequest, LineVerdict.Accepted));
            }

            if (block < 5)
                file.EndBlock();
        }

        _lines.Add(Feed.BidRequests, file.CommitBlockWithWrongSync(), damaged);
    }

    /// <summary>Writes the lines that still wait.</summary>
    public void Finish() => _all.ForEach(feed => feed.ReleaseAll());

    public void WriteTotals()
    {
        using var stream = File.Create(Path.Combine(_options.OutputDirectory, "truth", "totals.json"));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        string[] names = ["impressions", "clicks", "conversions", "bid_requests"];
        for (var kind = 0; kind < names.Length; kind++)
        {
            json.WriteStartObject(names[kind]);
            WriteCounts(json, Counts[kind]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public void Dispose()
    {
        _all.ForEach(feed => feed.Dispose());
        _lines.Dispose();
    }

    private static void WriteCounts(Utf8JsonWriter json, FeedCounts counts)
    {
        json.WriteNumber("received", counts.Received);
        json.WriteNumber("accepted", counts.Accepted);
        json.WriteNumber("duplicate", counts.Duplicate);
        json.WriteNumber("rejected", counts.Rejected);
        json.WriteNumber("filtered", counts.Filtered);
        json.WriteNumber("late", counts.Late);
        json.WriteStartObject("reasons");
        foreach (var (reason, count) in counts.Reasons)
            json.WriteNumber(reason, count);
        json.WriteEndObject();
    }

    private static bool End(DirtyFeed feed, DirtKind dirt, long now, in LineNote note, string field)
    {
        var reason = DirtDraw.ReasonOf(dirt);
        feed.End(
            dirt,
            now,
            reason is null ? note : note with { Verdict = LineVerdict.Rejected, Reason = reason, Field = field }
        );
        return reason is null;
    }

    /// <summary>
    /// Bid requests have no id of their own, and without a user no natural key: a copy would not be known as one.
    /// </summary>
    private static bool CanCarry(DirtKind dirt, int user, bool bid) =>
        dirt switch
        {
            DirtKind.ExactDuplicate => user != Catalogue.NoUser,
            DirtKind.Conflicting => user != Catalogue.NoUser && bid,
            DirtKind.OutOfRange => bid,
            DirtKind.Late or DirtKind.MissingField or DirtKind.Future => true,
            _ => false,
        };

    private static LineNote Conflict(in LineNote note) =>
        note with
        {
            Verdict = LineVerdict.Rejected,
            Reason = RejectReason.ConflictingDuplicate,
        };

    private static string FieldOf(DirtKind dirt) =>
        dirt switch
        {
            DirtKind.MissingField or DirtKind.BadTime or DirtKind.Future => "event_time",
            DirtKind.OutOfRange or DirtKind.BadType => "cost_micros",
            DirtKind.UnknownKind => "kind",
            _ => "",
        };

    private void CutLine(Utf8Buffer buffer)
    {
        var line = _impressions.File.Current;
        Debug.Assert(line[^1] == (byte)'\n');
        buffer.Truncate(buffer.Length - line.Length + _impressions.CutAt(line.Length));
        buffer.Append((byte)'\n');
    }

    private void WriteUnclosedQuote()
    {
        _actionFile
            .Begin(256)
            .Append(
                Encoding.UTF8.GetBytes(
                    $"{_options.Start:yyyy-MM-dd}T12:00:00.000Z,cffffffffffffffff,,cmp-0000,click,\"cr-00000,,,,,,,,,,\n"
                )
            );
        _lines.Add(
            Feed.ClicksConversions,
            _actionFile.Commit(),
            new LineNote(EventKind.Click, LineVerdict.Rejected, RejectReason.Unparseable)
        );
    }
}
