using AdvertiseX.Engines;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Models;

/// <summary>
/// Sums of money are made in 128 bits, and a cell holds 64: one that is beyond holds the nearest number there is, so
/// that no amount fails a model, and the run names it.
/// </summary>
internal static class MoneySums
{
    /// <summary>Cells that a run names at most.</summary>
    private const int Shown = 3;

    private const string Greatest = "9223372036854775807";

    // Its digits without the sign are no number of 64 bits.
    private const string Least = "(-9223372036854775807 - 1)";

    /// <summary>The columns of a model that hold money: whole micros that do not tell one row from another.</summary>
    internal static IEnumerable<DeltaColumn> Of(Model model) => model.Columns.Where(column => IsOf(model, column));

    private static bool IsOf(Model model, DeltaColumn column) =>
        column.Type == DeltaType.Long
        && column.Name.EndsWith("_micros", StringComparison.Ordinal)
        && !model.Grain.Contains(column.Name);

    /// <summary>The nearest number of 64 bits to a whole number of up to 128, in shared SQL; null for null.</summary>
    internal static string Nearest(string number) =>
        $"coalesce(try_cast({number} as bigint), case when {number} > 0 then {Greatest} when {number} < 0 then {Least} end)";

    /// <summary>A column's value as its table stores it: money as the nearest number, others cast.</summary>
    internal static string Stored(Model model, DeltaColumn column, string value, SqlDialect dialect) =>
        IsOf(model, column) ? Nearest(value) : $"cast({value} as {dialect.NameOf(column.SqlType)})";

    /// <summary>Counts the rows of <c>written</c> that hold the nearest number in place of a sum; null where a model
    /// has no money.</summary>
    internal static ModelCheck? Count(Model model)
    {
        var any = Of(model).Select(column => $"{column.Name} in ({Greatest}, {Least})").ToList();
        return any.Count == 0 || model.Grain.Count == 0
            ? null
            : ModelCheck.OfRows("sums within 64 bits", string.Join(" or ", any));
    }

    /// <summary>A SELECT from a set of rows of a model of one row, if any holds the nearest number, of either sign, in
    /// place of a sum; null where a model has no money.</summary>
    internal static string? AnyBeyond(Model model, string from)
    {
        var any = Of(model).Select(column => $"{column.Name} in ({Greatest}, -{Greatest}, {Least})").ToList();
        return any.Count == 0 ? null : $"select 1 as found from {from} where {string.Join(" or ", any)} limit 1";
    }

    /// <summary>A SELECT from <c>written</c> of some of the rows that <paramref name="count"/> counts, each with its
    /// grain as JSON and the columns.</summary>
    internal static string Named(Model model, ModelCheck count, SqlDialect dialect)
    {
        var names = Of(model)
            .Select(column =>
                $"case when {column.Name} in ({Greatest}, {Least}) then {dialect.Text(" " + column.Name)} else '' end"
            );
        return $"""
            select {dialect.JsonObject(model.Grain)} as cell, concat({string.Join(", ", names)}) as names
            from written
            where {count.OffendingRow}
            limit {Shown + 1}
            """;
    }

    /// <summary>What the run says of such cells.</summary>
    internal static IReadOnlyList<string> Warnings(Model model, IReadOnlyList<(string Cell, string Columns)> cells) =>
        [
            .. cells
                .Take(Shown)
                .Select(cell =>
                    $"{model.Name}: a sum is beyond 64 bits, the nearest number stands for it:{cell.Columns} of {cell.Cell}"
                ),
            .. cells.Count > Shown ? [$"{model.Name}: so it is in other cells"] : Array.Empty<string>(),
        ];
}
