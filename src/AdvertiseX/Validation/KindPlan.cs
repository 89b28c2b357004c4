using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>How the rows of one kind are made from a contract's slots. Immutable.</summary>
internal sealed class KindPlan
{
    private static readonly string[] TimePart = ["event_time"];

    public KindPlan(CompiledContract contract, EventKind kind)
    {
        Kind = kind;
        Table = FactTables.Of(kind);
        int[] SlotsOf(params string[] fields) => [.. fields.Select(contract.SlotOf).Where(s => s >= 0)];
        (int, bool)[] IdsOf(IEnumerable<string> fields) =>
            [
                .. fields
                    .Select(field => (Slot: contract.SlotOf(field), FieldPlan.IsIdOf(field)))
                    .Where(s => s.Slot >= 0),
            ];
        OwnId = SlotsOf(ContractFields.OwnIdsOf(kind));
        Time = contract.SlotOf("event_time");
        User = contract.SlotOf("user_id");
        NaturalKey = [.. NaturalKeyOf(kind).Select(group => group == TimePart ? null : IdsOf(group))];
        Required = contract
            .Source.Required.GetValueOrDefault(Table.Name, [])
            .Select(group => (SlotsOf([.. group]), System.Text.Encoding.UTF8.GetBytes(string.Join(" or ", group))))
            .ToArray();
        Fields = [.. FieldsOf(contract)];
        Payload =
        [
            .. Table
                .Columns.Where(column => !ContractFields.IsMade(column.Name) && column.Name != "event_id")
                .Select(column => (System.Text.Encoding.UTF8.GetBytes(column.Name), Table.Ordinal(column.Name))),
        ];
        Placement = contract.SlotOf("placement_id");
        Imp = contract.SlotOf(ContractFields.Imp);
        int[] written = [.. Fields.Select(field => field.Slot), .. SlotsOf("event_time", ContractFields.Kind)];
        Unwritten = [.. IdsOf(contract.Source.Fields.Keys).ExceptBy(written, field => field.Item1)];
        EventId = Table.Ordinal("event_id");
        EventKey = Table.Ordinal("event_key");
        EventTime = Table.Ordinal("event_time");
        EventDate = Table.Ordinal("event_date");
        PayloadHash = Table.Ordinal("payload_hash");
        StreamOffset = Table.Ordinal("stream_offset");
        StreamOrdinal = Table.Ordinal("stream_ordinal");
        Extra = Table.Ordinal("extra");
        AdjustmentKey =
        [
            .. new[] { "user_id", "campaign_id", ContractFields.Kind, "order_id" }.Select(field => IdsOf([field])),
        ];
        IsAdjustment = kind == EventKind.Conversion ? Table.Ordinal("is_adjustment") : -1;
        Revenue = kind == EventKind.Conversion ? Table.Ordinal("revenue_micros") : -1;
    }

    public EventKind Kind { get; }

    public TableSchema Table { get; }

    /// <summary>Slots that may hold the event's own id, first choice first.</summary>
    public int[] OwnId { get; }

    public int Time { get; }

    public int User { get; }

    /// <summary>Parts of the natural key in order; each the first of its slots that has a value (in an id, zeros are
    /// none), null for the time.</summary>
    public (int Slot, bool IsId)[]?[] NaturalKey { get; }

    /// <summary>Groups of slots of which a row needs one, with their name in rejects.</summary>
    public (int[] Slots, byte[] Name)[] Required { get; }

    public FieldPlan[] Fields { get; }

    /// <summary>Names and ordinals of the columns that come from the feed, the event's own id excepted, in the table's
    /// order.</summary>
    public (byte[] Name, int Ordinal)[] Payload { get; }

    /// <summary>Slots whose values have no column in this table, other than that of the kind.</summary>
    public (int Slot, bool IsId)[] Unwritten { get; }

    /// <summary>Slot of a request's placement; −1 if the contract does not map it.</summary>
    public int Placement { get; }

    /// <summary>Slot of <see cref="ContractFields.Imp"/>; −1 if the contract does not map it.</summary>
    public int Imp { get; }

    public int EventId { get; }

    public int EventKey { get; }

    public int EventTime { get; }

    public int EventDate { get; }

    public int PayloadHash { get; }

    public int StreamOffset { get; }

    public int StreamOrdinal { get; }

    public int Extra { get; }

    /// <summary>Parts of an adjustment's natural key, before its amount and time; each the first of its slots that has
    /// a value.</summary>
    public (int Slot, bool IsId)[][] AdjustmentKey { get; }

    /// <summary>Ordinal of the column that marks adjustments; −1 in other tables than conversions.</summary>
    public int IsAdjustment { get; }

    /// <summary>Ordinal of a conversion's amount; −1 in other tables.</summary>
    public int Revenue { get; }

    // docs/terms.md, Ids: what makes an event of a feed without ids of its own the same event.
    private static string[][] NaturalKeyOf(EventKind kind) =>
        kind switch
        {
            EventKind.Impression =>
            [
                ["user_id"],
                ["creative_id"],
                TimePart,
                ["site_id", "page_url", "domain"],
            ],
            EventKind.Click =>
            [
                ["user_id"],
                ["campaign_id"],
                TimePart,
                [ContractFields.Kind],
            ],
            EventKind.Conversion =>
            [
                ["user_id"],
                ["campaign_id"],
                TimePart,
                [ContractFields.Kind],
                ["order_id"],
            ],
            EventKind.BidRequest =>
            [
                ["auction_id"],
                [ContractFields.Imp],
                ["user_id"],
                TimePart,
                ["placement_id"],
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    private IEnumerable<FieldPlan> FieldsOf(CompiledContract contract)
    {
        foreach (var column in Table.Columns)
        {
            var field = column.Name == "conversion_type" ? ContractFields.Kind : column.Name;
            if (ContractFields.IsMade(column.Name) || column.Name is "event_id" or "event_time")
                continue;
            if (contract.SlotOf(field) >= 0)
                yield return FieldPlan.Create(contract, Table, field, column.Name);
        }
    }
}
