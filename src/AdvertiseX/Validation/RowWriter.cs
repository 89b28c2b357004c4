using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>
/// Takes the records that a decoder fills into <see cref="Record"/>, validates them and writes each as a row of its
/// kind's batch, or as a reject. One per decoding thread; not thread-safe.
/// </summary>
internal sealed unsafe partial class RowWriter : IDisposable
{
    private const long MicrosPerDay = 86_400_000_000;
    private readonly CompiledContract _contract;
    private readonly KindPlan?[] _plans = new KindPlan?[FactTables.KindCount];
    private readonly EventKind _defaultKind;
    private readonly KindClassifier? _kinds;
    private readonly RecordFilter? _filter;
    private readonly NullValues _nulls;
    private readonly FlatFields _flat;
    private readonly TimeParser _times;
    private readonly int _maxText;
    private readonly long _maxMoney;
    private readonly long _earliest;
    private readonly long _futureMicros;
    private readonly int[] _expectedRows = [.. Enumerable.Repeat(1024, FactTables.KindCount)];
    private StreamContext _stream;
    private TimeFallback? _fallback;
    private RejectWriter _rejects;
    private long _latest;
    private BlockRows _output = new();
    private RecordVisitor? _capture;

    public RowWriter(CompiledContract contract, StreamContext stream, ValidationOptions options)
    {
        _contract = contract;
        Record = new RecordSlots(contract);
        var kinds = ContractFields.KindsOf(contract.Feed);
        foreach (var kind in kinds)
            _plans[(int)kind] = new KindPlan(contract, kind);
        _defaultKind = kinds[0];
        if (contract.Source.Where.Count > 0)
            _filter = new RecordFilter(contract);
        _nulls = new NullValues(contract.Source.NullValues);
        if (contract.Source.Kind is { } rule)
            _kinds = new KindClassifier(rule, contract.SlotOf(ContractFields.Kind), _nulls);
        _flat = new FlatFields(_nulls);
        _times = new TimeParser(contract.Source.Zone, contract.Source.Fields["event_time"].Formats);
        _maxText = options.MaxTextBytes;
        _maxMoney = options.MaxMoneyUnits * Micros.PerUnit;
        _earliest = EpochMicros.Of(options.EarliestEvent);
        _futureMicros = options.MaxFutureSkew.Ticks / 10;
        Take(stream);
    }

    /// <summary>The record at hand.</summary>
    public RecordSlots Record { get; }

    /// <summary>What rejects of the records that follow need to be read again, where it is not the same for the whole
    /// stream; else empty.</summary>
    public ReplayHeader Header { get; } = new();

    /// <summary>Sets of which stream the records that follow are. Only after <see cref="Finish"/>, before the first
    /// record of a block.</summary>
    public void SetStream(StreamContext stream)
    {
        if (stream != _stream)
            Take(stream);
    }

    /// <summary>From now on records are only shown to a visitor, neither judged nor counted: for finding the bytes of
    /// some again.</summary>
    internal void CaptureTo(RecordVisitor visitor) => _capture = visitor;

    /// <summary>Judges the record in <see cref="Record"/>: it becomes a row, a reject, or is filtered; and counts
    /// it.</summary>
    public void Write(in RecordBytes at)
    {
        if (_capture != null)
        {
            _capture(at);
            return;
        }

        var verdict = _kinds?.Classify(Record.Slots);
        // What cannot be told counts as a click, the first kind of its feed.
        var kind = verdict is KindVerdict.Conversion or KindVerdict.Adjustment ? EventKind.Conversion : _defaultKind;
        var counts = _output.Counts[(int)kind];
        counts.Received++;
        if (_filter != null && !_filter.Passes(Record.Slots))
        {
            counts.Filtered++;
            return;
        }

        if (verdict == KindVerdict.Unknown)
        {
            Fail(
                RejectReason.UnknownKind,
                "kind"u8,
                "a click or a conversion type"u8,
                _kinds!.Slot < 0 ? default : Record.Slots[_kinds.Slot]
            );
            RejectRecord(kind, at);
            return;
        }

        var plan = _plans[(int)kind]!;
        var batch = _output.Facts[(int)kind] ??= new ColumnBatch(plan.Table, _expectedRows[(int)kind]);
        if (WriteRow(plan, batch, at, verdict == KindVerdict.Adjustment))
        {
            counts.Accepted++;
            batch.AddRow();
            return;
        }

        batch.ClearRow(batch.Rows);
        RejectRecord(kind, at);
    }

    /// <summary>Counts and keeps a record that a decoder could not read, as a record of the feed's first
    /// kind.</summary>
    public void Reject(in RejectedEvent rejected)
    {
        if (_capture != null)
            return;
        var counts = _output.Counts[(int)_defaultKind];
        counts.Received++;
        counts[rejected.Reason]++;
        Keep(rejected);
    }

    /// <summary>Everything written since the last call, with the columns that all its rows share; the caller owns
    /// it.</summary>
    public BlockRows Finish()
    {
        var done = _output;
        _output = new BlockRows();
        _extraCopies.Clear();
        _rejectCopies.Clear();
        Header.Finish();
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            if (done.Facts[(int)kind] is not { } batch)
                continue;
            Stamp(batch);
            // The next block will have about as many rows: room for them at once saves growing.
            _expectedRows[(int)kind] = batch.Rows + (batch.Rows >> 4) + 1;
        }

        if (done.Rejects != null)
            _rejects.StampFrom(done.Rejects, 0);
        Record.TakeUnmappedCounts(done.Unmapped);
        return done;
    }

    public void Dispose()
    {
        Record.Dispose();
        _kinds?.Dispose();
        _output.Dispose();
    }

    [MemberNotNull(nameof(_stream), nameof(_rejects))]
    private void Take(StreamContext stream)
    {
        _stream = stream;
        _fallback = TimeFallback.For(_contract.Source, stream);
        _rejects = new RejectWriter(_contract, stream);
        _latest = stream.ReceivedMicros + _futureMicros;
    }

    private void Stamp(ColumnBatch batch)
    {
        batch.Dictionary("stream").Fill(batch.Rows, System.Text.Encoding.UTF8.GetBytes(_stream.Stream));
        batch.Int64("received_time").Fill(batch.Rows, _stream.ReceivedMicros);
    }

    private bool WriteRow(KindPlan plan, ColumnBatch batch, in RecordBytes at, bool takesBack)
    {
        var row = batch.Rows;
        if (!TryTime(plan, out var time, out var payload))
            return false;
        As<FixedColumn<long>>(batch, plan.EventTime).Set(row, time);
        As<FixedColumn<int>>(batch, plan.EventDate).Set(row, (int)Math.DivRem(time, MicrosPerDay).Quotient);
        As<FixedColumn<long>>(batch, plan.StreamOffset).Set(row, at.Offset);
        if (at.Ordinal != 0)
            As<FixedColumn<int>>(batch, plan.StreamOrdinal).Set(row, at.Ordinal);
        if (!WriteFields(plan, batch, row, ref payload))
            return false;
        var isAdjustment = plan.IsAdjustment >= 0 && WriteAdjustment(plan, batch, row, takesBack);
        // An adjustment needs neither user nor campaign: its order tells what it belongs to.
        if (!isAdjustment && !HasRequired(plan))
            return false;
        var own = OwnIdSlot(plan);
        WriteExtra(plan, batch, row, own, at, ref payload);
        WriteIdentity(plan, batch, row, own, isAdjustment, ref payload);
        As<FixedColumn<int>>(batch, plan.PayloadHash).Set(row, (int)(payload ^ (payload >> 32)));
        return true;
    }

    /// <summary>Marks a row of conversions whose amount or kind takes money back; its amount is then
    /// negative.</summary>
    private static bool WriteAdjustment(KindPlan plan, ColumnBatch batch, int row, bool takesBack)
    {
        var revenue = As<FixedColumn<long>>(batch, plan.Revenue);
        var hasAmount = revenue.IsAllocated && revenue.IsValid(row);
        var isAdjustment = takesBack || (hasAmount && revenue.Values[row] < 0);
        if (isAdjustment && hasAmount)
            revenue.Set(row, -Math.Abs(revenue.Values[row]));
        As<FixedColumn<byte>>(batch, plan.IsAdjustment).Set(row, isAdjustment ? (byte)1 : (byte)0);
        return isAdjustment;
    }

    private bool HasRequired(KindPlan plan)
    {
        foreach (var (slots, name) in plan.Required)
        {
            var found = false;
            foreach (var slot in slots)
                found |= !IsNull(Record.Slots + slot, isId: true);
            if (!found)
                return Fail(RejectReason.MissingRequiredField, name, "a value"u8, default);
        }

        return true;
    }

    private bool TryTime(KindPlan plan, out long time, out ulong payload)
    {
        time = 0;
        payload = 0;
        var slot = plan.Time < 0 ? default : Record.Slots[plan.Time];
        if (IsNull(&slot, isId: false))
            return TryFallback(plan, slot, out time);
        var verdict = TimeVerdict.Ok;
        switch (slot.Kind)
        {
            case SlotKind.TimestampMicros:
                time = slot.Integer;
                break;
            case SlotKind.Integer:
                time = TimeParser.FromEpoch(slot.Integer);
                break;
            case SlotKind.Text or SlotKind.Number:
                verdict = _times.Parse(slot.Span, out time);
                break;
            case SlotKind.Real:
                verdict = _times.Parse(TextOf(slot, Record.Scratch), out time);
                break;
            default:
                verdict = TimeVerdict.NotATime;
                break;
        }

        if (verdict == TimeVerdict.SkippedByZone)
            return Fail(RejectReason.BadTime, "event_time"u8, "a time that exists in its zone"u8, slot);
        if (verdict != TimeVerdict.Ok)
            return Fail(RejectReason.BadTime, "event_time"u8, "ISO 8601 or an epoch"u8, slot);
        payload = StableHash.Fold(0, (ulong)time);
        return IsAllowed(time, slot);
    }

    // The payload is what the feed gave, and it gave no time: what stands in for it is not hashed.
    private bool TryFallback(KindPlan plan, in Slot slot, out long time)
    {
        time = 0;
        return _fallback != null && _fallback.TryTime(OwnIdSlot(plan) >= 0, out time)
            ? IsAllowed(time, slot)
            : Fail(
                RejectReason.MissingRequiredField,
                "event_time"u8,
                _fallback == null ? "a time"u8 : _fallback.Expected,
                slot
            );
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsAllowed(long time, in Slot slot)
    {
        if (time > _latest)
            return Fail(RejectReason.FromTheFuture, "event_time"u8, "not after the received time"u8, slot);
        if (time < _earliest)
            return Fail(RejectReason.OutOfRange, "event_time"u8, "not before the earliest event allowed"u8, slot);
        return true;
    }

    // The batch's columns are made from the schema, so the ordinal's type is known.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T As<T>(ColumnBatch batch, int ordinal)
        where T : Column => Unsafe.As<T>(batch[ordinal]);
}
