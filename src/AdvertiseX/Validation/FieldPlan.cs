using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>One step of writing a row: which slot goes to which column, and how.</summary>
internal readonly struct FieldPlan
{
    public required int Slot { get; init; }

    /// <summary>The slot whose value is taken where <see cref="Slot"/> has none; −1 for none.</summary>
    public required int SpareSlot { get; init; }

    public required int Column { get; init; }

    public required FieldConversion Conversion { get; init; }

    /// <summary>Decimal places from the source's unit to micros.</summary>
    public required int Scale { get; init; }

    /// <summary>The column's part in the payload hash: of its name, so that the order of columns is free to
    /// change.</summary>
    public required ulong Seed { get; init; }

    /// <summary>An id: a text of zeros and dashes only means absent.</summary>
    public required bool IsId { get; init; }

    /// <summary>Negative numbers are out of range.</summary>
    public required bool NonNegative { get; init; }

    public required byte[] Name { get; init; }

    /// <summary>Value of rows that have none, or null.</summary>
    public required byte[]? Constant { get; init; }

    /// <summary>Source value (lower case) to canonical, by <see cref="StableHash"/> of the source value, or
    /// null.</summary>
    public required ValueMap? Map { get; init; }

    /// <summary>A text that no map changes.</summary>
    public required bool IsPlainText { get; init; }

    /// <summary>The column that takes the hash of the text as a key; −1 for none.</summary>
    public required int KeyColumn { get; init; }

    public static FieldPlan Create(CompiledContract contract, TableSchema table, string field, string column)
    {
        var definition = table.Columns[table.Ordinal(column)];
        var mapping = contract.Source.Fields[field];
        var conversion = ConversionOf(definition);
        return new FieldPlan
        {
            Slot = contract.SlotOf(field),
            SpareSlot = column == "placement_id" ? contract.SlotOf(ContractFields.Imp) : -1,
            Column = table.Ordinal(column),
            Conversion = conversion,
            Scale = ScaleOf(column, mapping.Unit),
            Seed = StableHash.Hash64(System.Text.Encoding.UTF8.GetBytes(column)),
            IsId = IsIdOf(column),
            NonNegative = definition.Type == ColumnType.Int64 && column != "revenue_micros",
            Name = System.Text.Encoding.UTF8.GetBytes(column),
            Constant = mapping.Constant is { Length: > 0 } constant
                ? System.Text.Encoding.UTF8.GetBytes(constant)
                : null,
            Map = mapping.Map.Count == 0 ? null : new ValueMap(mapping.Map),
            IsPlainText = mapping.Map.Count == 0 && conversion <= FieldConversion.Dictionary,
            KeyColumn = table.Columns.FirstOrDefault(each => each.KeyOf == column) is { } key
                ? table.Ordinal(key.Name)
                : -1,
        };
    }

    /// <summary>Whether a field is an id, in which zeros and dashes mean absent. The id of an impression on offer is
    /// not one: it counts the offers of a request, mostly from 0 or 1.</summary>
    public static bool IsIdOf(string field) =>
        field.EndsWith("_id", StringComparison.Ordinal) && field != ContractFields.Imp;

    private static FieldConversion ConversionOf(ColumnDefinition definition) =>
        definition.Type switch
        {
            ColumnType.Dictionary => FieldConversion.Dictionary,
            ColumnType.Boolean => FieldConversion.Boolean,
            ColumnType.Int64 when definition.Name.EndsWith("_micros", StringComparison.Ordinal) =>
                FieldConversion.Micros,
            ColumnType.Int64 => FieldConversion.Integer,
            _ when definition.Name == "targeting" => FieldConversion.Json,
            _ => FieldConversion.Text,
        };

    // Costs and revenue are per event, auction prices per mille (OpenRTB 2.5, 3.2.4); a contract may say that its
    // source differs.
    private static int ScaleOf(string column, string? unit)
    {
        var perMille = column.EndsWith("_cpm_micros", StringComparison.Ordinal);
        return unit switch
        {
            "micros" => 0,
            "per_mille" when !perMille => Micros.Scale - 3,
            "per_event" when perMille => Micros.Scale + 3,
            _ => Micros.Scale,
        };
    }
}
